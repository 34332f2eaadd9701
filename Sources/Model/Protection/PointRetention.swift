// Which recovery points are kept: the latest always, and beside it one of each hour. Pure:
// the same points give the same answer on every machine and after every death.

package struct PointRetention: Sendable, Hashable {
    /// How many points, the latest included.
    package let count: Int

    package init(count: Int) { self.count = count }

    /// The points to keep of `points`, which are in order; the last of them is always kept.
    ///
    /// Of the older points of one hour the most valuable stays: one that is application-consistent
    /// before one that is not, the first before those that follow. Beyond the count the oldest
    /// goes.
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

    fileprivate var rank: Int { kind == .appConsistent ? 1 : 0 }
}
