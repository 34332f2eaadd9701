// State behind a lock of the operating system. Not `Synchronization.Mutex`: the thread sanitizer
// does not see through it.
import Glibc

/// A value that one thread at a time may touch.
// Inlinable, so that other rooms get it made for their state: unspecialised it costs as much as a
// small commit's bookkeeping.
package final class Locked<State>: @unchecked Sendable {
    // Unchecked: `state` is reached in `withLock` only, and the mutex needs a fixed address.
    @usableFromInline let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    @usableFromInline var state: State

    @inlinable package init(_ state: sending State) {
        self.state = state
        precondition(pthread_mutex_init(mutex, nil) == 0, "a mutex without attributes is refused")
    }

    @inlinable deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    @inlinable package func withLock<Result>(
        _ body: (inout State) throws -> Result
    ) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }
}
