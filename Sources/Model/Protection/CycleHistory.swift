// How cycles ended of late, hour by hour, so that health can look back over its monitoring period
// without keeping every cycle. Hours that nobody can ask for any more are forgotten.

package struct CycleHistory: Sendable, Hashable, Codable {
    package struct Counts: Sendable, Hashable, Codable {
        package var succeeded = 0
        package var missed = 0
        package var errors = 0

        package var all: Int { succeeded + missed + errors }

        package init() {}
    }

    private struct Hour: Sendable, Hashable, Codable {
        /// Hours since 1970.
        var number: Int64
        var counts: Counts
    }

    private static let hour: Int64 = 3_600_000_000
    /// Oldest first.
    private var hours: [Hour] = []

    package init() {}

    /// Adds what `change` counts to the hour of `now`.
    package mutating func add(at now: Timestamp, _ change: (inout Counts) -> Void) {
        let number = now.microseconds / Self.hour
        let kept = Limits.monitoringPeriodMax.microseconds / Self.hour
        hours.removeAll { $0.number < number - kept }
        if hours.last?.number != number { hours.append(Hour(number: number, counts: Counts())) }
        change(&hours[hours.count - 1].counts)
    }

    /// What was counted in the hours that the time from `start` on touches.
    package func counts(since start: Timestamp) -> Counts {
        var sum = Counts()
        for hour in hours where (hour.number + 1) * Self.hour > start.microseconds {
            sum.succeeded += hour.counts.succeeded
            sum.missed += hour.counts.missed
            sum.errors += hour.counts.errors
        }
        return sum
    }
}
