// What is known of a recovered disk's content before it boots (F-10).

/// Whether the content must be proven, and if not, why.
package enum ProofPolicy: Sendable, Hashable {
    case required
    /// A person goes without, for a reason that is recorded.
    case skipped(reason: String)

    package var reason: String? {
        if case .skipped(let reason) = self { reason } else { nil }
    }
}

/// The outcome, kept with the failover.
package struct ContentProof: Sendable, Hashable, Codable {
    /// The sequence of the point.
    package var point: Int
    /// The root of each disk's hash tree, by the disk's name: what was found, equal to what
    /// replication brought. Empty when the proof was skipped.
    package var roots: [String: String]
    /// Why there is no proof.
    package var skippedBecause: String?

    package init(point: Int, roots: [String: String] = [:], skippedBecause: String? = nil) {
        self.point = point
        self.roots = roots
        self.skippedBecause = skippedBecause
    }
}
