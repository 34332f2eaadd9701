// A point in time to which a machine can be brought.

package struct RecoveryPoint: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case standard
        case appConsistent = "app-consistent"
    }

    /// Counts the points of one generation from 1; 0 is the state in which the roles changed.
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
