// Threads for work that blocks. Swift's cooperative pool has one thread a core: a disk that is slow
// to answer there would stop every run. Here it stops one thread of ours.
import Glibc
import Model

/// A fixed number of threads on which blocking work runs, in the order it was given.
///
/// A pool lives as long as the process: nothing ends its threads.
package final class BlockingThreads: @unchecked Sendable {
    /// The threads of the process; eight, since a disk and not a core is what they wait for.
    package static let shared = BlockingThreads(count: 8)

    // Unchecked: `waiting` is touched under `mutex` only; both need a fixed address.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrival = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [@Sendable () -> Void] = []
    private var taken = 0

    package init(count: Int) {
        precondition(count > 0, "a pool without threads never runs anything")
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(arrival, nil)
        for _ in 0..<count { startThread() }
    }

    /// Runs `work` on one of the threads. Does not look at cancellation: what was begun is ended.
    package func run<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            add { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    private func add(_ job: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(mutex)
        waiting.append(job)
        pthread_cond_signal(arrival)
        pthread_mutex_unlock(mutex)
    }

    private func startThread() {
        var thread = pthread_t()
        let pool = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { pool in
                Unmanaged<BlockingThreads>.fromOpaque(pool!).takeRetainedValue().work()
                return nil
            }, pool)
        precondition(status == 0, "the operating system gives no thread")
        pthread_detach(thread)
    }

    private func work() {
        while true { next()() }
    }

    private func next() -> @Sendable () -> Void {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while taken == waiting.count { pthread_cond_wait(arrival, mutex) }
        let job = waiting[taken]
        taken += 1
        // The queue is an array read from the front; when it runs empty it starts anew.
        if taken == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            taken = 0
        }
        return job
    }
}
