// The kinds of failover, one of which a person chooses.

package enum FailoverKind: String, Sendable, Hashable, Codable, CaseIterable {
    case test, planned, unplanned
    /// A planned failover in the other direction, from the same plan source (P-5).
    case failback
}
