// State behind a lock of the operating system. Not `Synchronization.Mutex`: the thread sanitizer
// does not see through it.
import Glibc

/// A value that one thread at a time may touch.
package final class Locked<State>: @unchecked Sendable {
    // Unchecked: `state` is reached in `withLock` only, and the mutex needs a fixed address.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var state: State

    package init(_ state: sending State) {
        self.state = state
        precondition(pthread_mutex_init(mutex, nil) == 0, "a mutex without attributes is refused")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    package func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }
}
