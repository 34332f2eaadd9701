// A time that is not known yet: the least, the likely and the most. What is shorter than a tenth of
// a second is not told apart: beside a failover it is nothing.
import Model

package struct TimeBand: Sendable, Hashable {
    package var low: Duration
    package var likely: Duration
    package var high: Duration

    /// Times nearer to each other than this count as the same.
    static let resolution = Duration.milliseconds(100)

    package init(_ low: Duration, _ likely: Duration, _ high: Duration) {
        precondition(low <= likely && likely <= high, "a band is in order")
        self.low = low
        self.likely = likely
        self.high = high
    }

    package static let nothing = TimeBand(.zero, .zero, .zero)

    /// What measured times let expect; nil without any. The fewer there are, the wider it is.
    package init?(samples: [Duration]) {
        let sorted = samples.sorted()
        guard let least = sorted.first, let most = sorted.last else { return nil }
        let (count, median) = (sorted.count, sorted[sorted.count / 2])
        self.init(least * count / (count + 1), median, most * (count + 1) / count)
    }

    /// A work of that size, of which nobody has measured more than its rate.
    package init(about likely: Duration) { self.init(likely / 4, likely, likely * 4) }

    package static func + (left: Self, right: Self) -> Self {
        Self(left.low + right.low, left.likely + right.likely, left.high + right.high)
    }

    package static func / (left: Self, divisor: Int) -> Self {
        Self(left.low / divisor, left.likely / divisor, left.high / divisor)
    }

    package static func longer(_ left: Self, _ right: Self) -> Self {
        Self(max(left.low, right.low), max(left.likely, right.likely), max(left.high, right.high))
    }

    /// Whether what was measured is what was to be expected.
    package func contains(_ measured: Duration) -> Bool {
        (low - Self.resolution...high + Self.resolution).contains(measured)
    }

    /// `12.0s (8.0s to 20.0s)`.
    package var words: String { "\(likely.readable) (\(low.readable) to \(high.readable))" }

    package var value: Value {
        [
            "low": .float(low.seconds), "likely": .float(likely.seconds),
            "high": .float(high.seconds),
        ]
    }

    /// Reads ``value``; nil for anything else.
    init?(_ value: Value) {
        guard let low = value["low"]?.number, let likely = value["likely"]?.number,
            let high = value["high"]?.number, low <= likely, likely <= high
        else { return nil }
        self.init(.seconds(low), .seconds(likely), .seconds(high))
    }
}
