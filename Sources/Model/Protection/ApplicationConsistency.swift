// When a point is to be application-consistent. Pure: times in, a verdict out.

package struct ApplicationConsistency: Sendable, Hashable, Codable {
    /// Hours from one application-consistent point to the next; 0 is never.
    package var everyHours: Int
    /// The cut of the last such point, of the first point at all before there is one.
    package private(set) var lastAt: Timestamp?
    /// The cut at which the guest could not be brought to rest, since `lastAt`.
    package private(set) var failedAt: Timestamp?

    package static let everyHoursDefault = 4
    package static let everyHoursAllowed = 0...24
    /// A guest that hangs is asked again after this time, not in every cycle: while it is asked its
    /// other applications wait.
    package static let patience = Duration.seconds(3600)

    package init(everyHours: Int = Self.everyHoursDefault) { self.everyHours = everyHours }

    package func isDue(at now: Timestamp) -> Bool {
        guard everyHours > 0, let lastAt, now - lastAt >= .seconds(everyHours * 3600) else {
            return false
        }
        return failedAt.map { now - $0 >= Self.patience } ?? true
    }

    /// A point was made.
    package mutating func note(_ point: RecoveryPoint) {
        if point.kind == .appConsistent || lastAt == nil {
            lastAt = point.cutAt
            failedAt = nil
        } else if point.warning != nil {
            failedAt = point.cutAt
        }
    }
}
