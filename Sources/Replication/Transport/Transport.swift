// The seam between two sites: logs cross it as files, and the hashes of the replica's blocks come
// back.
import Model

/// Blocks: call it on an i/o thread.
package protocol Transport: Sendable {
    /// Whether the replica's images can be written from here: then a first copy goes straight onto
    /// them, and its log only says that it did.
    var reachesImages: Bool { get }
    /// Puts the log file into the replica's inbox; returns when it is durable there, which is the
    /// acknowledgement. Repeating it for the same machine, generation and sequence changes nothing.
    func deliver(_ log: String, named name: LogName, of vm: String, to site: String) throws
}

/// Names a log among those of one machine; the order is the order of application.
package struct LogName: Sendable, Hashable, Comparable {
    package var generation: Int
    package var sequence: Int

    package init(generation: Int, sequence: Int) {
        self.generation = generation
        self.sequence = sequence
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.generation, left.sequence) < (right.generation, right.sequence)
    }
}
