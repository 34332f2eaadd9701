// Which calls of a `FaultyTransport` go wrong, and how: by chance, from a seed, so that a rehearsal
// that failed can be told again.
import Model

package struct TransportFaults: Sendable {
    package enum Fault: String, Sendable, Hashable, CaseIterable {
        /// The call never arrives.
        case drop
        /// It arrives, and its answer does not.
        case loseAnswer
        /// It arrives later.
        case delay
        /// It arrives twice.
        case duplicate
        /// A bit of it is turned on its way.
        case corrupt
        /// The connection breaks in the middle of it.
        case cut
    }

    /// Of a hundred calls, how many suffer each fault.
    package var percent: [Fault: Int]
    package var delayMax: Duration
    private var numbers: SeededGenerator

    package init(seed: UInt64, percent: [Fault: Int], delayMax: Duration = .seconds(5)) {
        numbers = SeededGenerator(seed: seed)
        self.percent = percent
        self.delayMax = delayMax
    }

    /// What happens to the next call; nil when it goes well.
    mutating func next() -> Fault? {
        var chance = Int.random(in: 0..<100, using: &numbers)
        for fault in Fault.allCases {
            chance -= percent[fault] ?? 0
            if chance < 0 { return fault }
        }
        return nil
    }

    mutating func delay() -> Duration {
        .microseconds(Int64.random(in: 0...max(0, delayMax.microseconds), using: &numbers))
    }

    mutating func number(below limit: Int) -> Int {
        Int.random(in: 0..<max(1, limit), using: &numbers)
    }
}
