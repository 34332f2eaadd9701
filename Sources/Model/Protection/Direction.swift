// Which way a recovery plan is run.

/// `forward` is from a plan's source to its target; `back` is home again.
package enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
    case forward, back
}
