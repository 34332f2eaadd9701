// The replication relationship of one machine: who, from where to where, how often, in which state.

package enum FailoverKind: String, Sendable, Hashable, Codable, CaseIterable {
    case test, planned, unplanned
    /// A planned failover in the other direction, from the same plan source (P-5).
    case failback
}

/// How often changes are sent. These three and no others; `continuous` joins them later.
package enum ReplicationInterval: String, Sendable, Hashable, Codable, CaseIterable {
    case thirtySeconds = "30s"
    case fiveMinutes = "5m"
    case fifteenMinutes = "15m"
}

/// A point in time to which a machine can be brought.
package struct RecoveryPoint: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable {
        case standard
        case appConsistent = "app-consistent"
    }

    /// Counts the points of one generation from 1.
    package var sequence: Int
    /// Rises at every change of roles; points of an older generation cannot be chosen.
    package var generation: Int
    package var kind: Kind
    /// The instant of the cut.
    package var cutAt: Timestamp

    package init(sequence: Int, generation: Int, kind: Kind, cutAt: Timestamp) {
        self.sequence = sequence
        self.generation = generation
        self.kind = kind
        self.cutAt = cutAt
    }
}
