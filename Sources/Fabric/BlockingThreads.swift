// Threads for work that blocks. Swift's cooperative pool has one thread a core: a disk that is slow to
// answer there would stop every run. Here it stops one thread of ours.
import Glibc
import Model

/// A fixed number of threads on which blocking work runs, in the order it was given.
package final class BlockingThreads: Sendable {
    /// The threads of the process; eight, since a disk and not a core is what they wait for.
    package static let shared = BlockingThreads(count: 8)

    package init(count: Int) { fatalError() }

    /// Runs `work` on one of the threads. Does not look at cancellation: what was begun is ended.
    package func run<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result { fatalError() }
}
