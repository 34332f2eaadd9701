// Ours against a peer, in the same minute. Timing swings by the hour on a shared machine, so one
// round is ours and then the peer (the next round the other way about), the ratio is taken inside
// the round, and the median over the rounds is what counts.
import Glibc

/// The same work done twice: by us and by somebody people already trust.
struct Comparison {
    let name: String
    /// How much work one call does, in `unit`.
    let work: Double
    let unit: String
    let peer: String
    /// The least ratio of our rate to the peer's that we mean to reach.
    let wanted: Double
    let ours: () async throws -> Void
    let theirs: () async throws -> Void

    /// Medians over `rounds`, after one round that is thrown away.
    func measure(rounds: Int) async throws -> Figure {
        try await ours()
        try await theirs()
        var pairs: [(ours: Cost, theirs: Cost)] = []
        for round in 0..<rounds {
            if round.isMultiple(of: 2) {
                let first = try await Cost.of(ours)
                pairs.append((first, try await Cost.of(theirs)))
            } else {
                let first = try await Cost.of(theirs)
                pairs.append((try await Cost.of(ours), first))
            }
        }
        return Figure(
            comparison: self,
            ours: work / median(pairs.map(\.ours.wall)),
            theirs: work / median(pairs.map(\.theirs.wall)),
            ratio: median(pairs.map { $0.theirs.wall / $0.ours.wall }),
            cpuRatio: median(pairs.map { $0.theirs.cpu / $0.ours.cpu }))
    }
}

/// What a comparison came to. Rates are per second of the clock; a ratio over 1 says that we are
/// faster.
struct Figure {
    let comparison: Comparison
    let ours: Double
    let theirs: Double
    let ratio: Double
    /// The same by seconds of processor time, children included.
    let cpuRatio: Double

    var isReached: Bool { ratio >= comparison.wanted }
}

/// Seconds that one call took.
private struct Cost {
    let wall: Double
    let cpu: Double

    static func of(_ work: () async throws -> Void) async rethrows -> Cost {
        let start = (wall: ContinuousClock.now, cpu: cpuSeconds())
        try await work()
        let wall = (ContinuousClock.now - start.wall) / .seconds(1)
        return Cost(wall: wall, cpu: max(cpuSeconds() - start.cpu, 1e-6))
    }

    private static func cpuSeconds() -> Double {
        [RUSAGE_SELF, RUSAGE_CHILDREN].map { whose in
            var usage = rusage()
            getrusage(__rusage_who_t(whose.rawValue), &usage)
            return [usage.ru_utime, usage.ru_stime].map {
                Double($0.tv_sec) + Double($0.tv_usec) / 1e6
            }.reduce(0, +)
        }.reduce(0, +)
    }
}

private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
        ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
