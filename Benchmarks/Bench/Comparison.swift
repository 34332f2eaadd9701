// Ours against a peer, in the same minute. Timing swings by the hour on a shared machine, so one
// round is ours and then the peer (the next round the other way about), the ratio is taken inside
// the round, and the median over the rounds is what counts.
import Glibc

/// Something measured, and beside it the same work done by somebody people already trust.
struct Comparison {
    /// What has to be reached.
    enum Wanted {
        /// So many times as good as the peer.
        case ratio(Double)
        case atLeast(Double)
        case atMost(Double)
        /// Shown, and held to nothing.
        case nothing
    }

    struct Peer {
        let name: String
        let measure: () async throws -> Double
    }

    let name: String
    /// Of both figures. `…/s` and the like are better when higher, times and sizes when lower.
    let unit: Unit
    let wanted: Wanted
    var rounds = 9
    /// One round: does the work and returns its figure.
    let ours: () async throws -> Double
    let peer: Peer?

    /// Medians over the rounds, after one round that is thrown away.
    func measure() async throws -> Figure {
        _ = try await ours()
        _ = try await peer?.measure()
        var sides: [(ours: Side, peer: Side?)] = []
        for round in 0..<rounds {
            if round.isMultiple(of: 2) {
                let first = try await Side.of(ours)
                sides.append((first, try await measuredPeer()))
            } else {
                let first = try await measuredPeer()
                sides.append((try await Side.of(ours), first))
            }
        }
        return Figure(comparison: self, sides: sides)
    }

    private func measuredPeer() async throws -> Side? {
        guard let peer else { return nil }
        return try await Side.of(peer.measure)
    }
}

/// What a figure counts, and which way is better.
struct Unit {
    let name: String
    let isRate: Bool

    static func rate(_ name: String) -> Unit { Unit(name: name, isRate: true) }
    static func cost(_ name: String) -> Unit { Unit(name: name, isRate: false) }

    /// How many times as good `ours` is.
    func ratio(_ ours: Double, to theirs: Double) -> Double {
        isRate ? ours / theirs : theirs / ours
    }
}

/// What a comparison came to.
struct Figure {
    let comparison: Comparison
    let ours: Double
    let peer: Double?
    /// The median of the ratios; over 1 we are better.
    let ratio: Double?
    /// The peer's processor seconds by ours, children of the process included.
    let cpuRatio: Double?

    init(comparison: Comparison, sides: [(ours: Side, peer: Side?)]) {
        self.comparison = comparison
        ours = median(sides.map(\.ours.figure))
        let pairs = sides.compactMap { side in side.peer.map { (side.ours, $0) } }
        peer = pairs.isEmpty ? nil : median(pairs.map(\.1.figure))
        ratio =
            pairs.isEmpty
            ? nil : median(pairs.map { comparison.unit.ratio($0.figure, to: $1.figure) })
        cpuRatio = pairs.isEmpty ? nil : median(pairs.map { $1.cpu / $0.cpu })
    }

    /// nil when nothing is wanted.
    var isReached: Bool? {
        switch comparison.wanted {
        case .ratio(let wanted): (ratio ?? 0) >= wanted
        case .atLeast(let wanted): ours >= wanted
        case .atMost(let wanted): ours <= wanted
        case .nothing: nil
        }
    }
}

/// One round of one side.
struct Side {
    let figure: Double
    /// Processor seconds.
    let cpu: Double

    static func of(_ work: () async throws -> Double) async rethrows -> Side {
        let start = cpuSeconds()
        let figure = try await work()
        return Side(figure: figure, cpu: max(cpuSeconds() - start, 1e-6))
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

/// Seconds of the clock that `work` took.
func seconds(_ work: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await work()
    return (ContinuousClock.now - start) / .seconds(1)
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
        ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// Lets a result count as used, so that the work for it is not left out.
@inline(never) func keep<Result>(_ result: Result) {
    withExtendedLifetime(result) {}
}
