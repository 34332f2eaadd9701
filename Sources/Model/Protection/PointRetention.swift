// Which recovery points are kept: the latest always, and beside it one of each hour. Pure:
// the same points give the same answer on every machine and after every death.

package struct PointRetention: Sendable, Hashable {
    /// How many points, the latest included.
    package let count: Int

    package init(count: Int) { self.count = count }

    /// The points to keep of `points`, which are in order; the last of them is always kept.
    ///
    /// Of the older points of one hour the most valuable stays: one that is common to a group
    /// before one that is not, then an application-consistent one, then the first. Beyond the count
    /// the oldest goes.
    package func kept(of points: [RecoveryPoint]) -> [RecoveryPoint] {
        var kept: [RecoveryPoint] = []
        for point in points.dropLast() {
            if let last = kept.last, last.hour == point.hour {
                if point.rank > last.rank { kept[kept.count - 1] = point }
            } else {
                kept.append(point)
            }
        }
        return Array((kept + points.suffix(1)).suffix(max(1, count)))
    }
}

extension RecoveryPoint {
    private static let hourMicroseconds: Int64 = 3_600_000_000

    /// The hour of the cut, counted from 1970 UTC.
    fileprivate var hour: Int64 { cutAt.microseconds / Self.hourMicroseconds }

    /// By the instant of the group where there is one: so that all members keep the same points.
    fileprivate var rank: Int {
        ((group?.kind ?? kind) == .appConsistent ? 1 : 0) + (group == nil ? 0 : 2)
    }
}
