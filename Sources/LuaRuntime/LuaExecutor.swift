// The threads on which slices of Lua run, so that nothing else ever waits for Lua.
import Foundation

/// A task executor with a fixed number of threads of its own; lives as long as the process.
///
///     Task(executorPreference: LuaExecutor.shared) { … }
package final class LuaExecutor: TaskExecutor {
    /// One thread for each core.
    package static let shared = LuaExecutor(
        threads: ProcessInfo.processInfo.activeProcessorCount)

    private let queue = JobQueue()

    /// Starts `threads` threads; they end when the executor is let go and its last job is done.
    package init(threads: Int) {
        precondition(threads > 0, "an executor has at least one thread")
        for number in 1...threads {
            let queue = queue
            let thread = Thread { queue.work() }
            thread.name = "lua-\(number)"
            // The matcher and the parser of Lua recurse in C, two hundred levels deep at most.
            thread.stackSize = 2 << 20
            thread.start()
        }
    }

    deinit { queue.close() }

    package func enqueue(_ job: consuming ExecutorJob) {
        queue.add(UnownedJob(job), for: asUnownedTaskExecutor())
    }
}

// Safe to share: everything that changes is touched under `condition` only.
private final class JobQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [(UnownedJob, UnownedTaskExecutor)] = []
    private var first = 0
    /// Threads that sleep and were not signalled yet. A wake without a signal counts one too many;
    /// there are never too few.
    private var sleeping = 0
    private var isClosed = false

    func add(_ job: UnownedJob, for executor: UnownedTaskExecutor) {
        // A signal is a call of the system: one for each thread that sleeps, none when all work.
        let somebodySleeps = condition.withLock {
            jobs.append((job, executor))
            defer { sleeping = max(0, sleeping - 1) }
            return sleeping > 0
        }
        if somebodySleeps { condition.signal() }
    }

    func close() {
        condition.withLock { isClosed = true }
        condition.broadcast()
    }

    func work() {
        while let (job, executor) = take() { job.runSynchronously(on: executor) }
    }

    private func take() -> (UnownedJob, UnownedTaskExecutor)? {
        condition.withLock {
            while first == jobs.count {
                if isClosed { return nil }
                sleeping += 1
                condition.wait()
            }
            defer { dropTaken() }
            return jobs[first]
        }
    }

    // Taken jobs are dropped in one go, so that a long queue is not moved for every job.
    private func dropTaken() {
        first += 1
        if first == jobs.count || first >= 1024 {
            jobs.removeFirst(first)
            first = 0
        }
    }
}
