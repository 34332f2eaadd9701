// One of the five fields of a cron expression: which of its numbers are meant.

struct CronField: Sendable, Hashable {
    /// What a field may hold, and how it is called when it does not.
    struct Kind: Sendable {
        let name: String
        let range: ClosedRange<Int>
        /// Words for the numbers from the first on: `JAN`, `SUN`.
        var words: [String] = []
        /// An expression in which this field is right.
        let example: String

        static let minute = Kind(name: "minute", range: 0...59, example: "15 22 * * *")
        static let hour = Kind(name: "hour", range: 0...23, example: "0 22 * * *")
        static let dayOfMonth = Kind(name: "day of the month", range: 1...31, example: "0 22 1 * *")
        static let month = Kind(
            name: "month", range: 1...12,
            words: [
                "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
            ], example: "0 22 1 JAN-JUN *")
        /// Sunday is 0, and 7 too.
        static let dayOfWeek = Kind(
            name: "day of the week", range: 0...7,
            words: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], example: "0 22 * * MON-FRI")
    }

    /// Bit n stands for number n.
    private let bits: UInt64
    /// Whether it begins with `*`, which leaves the choice of days to the other field of days.
    let isOpen: Bool

    /// `*`, `5`, `MON`, `1-5`, `*/15`, `8-18/2`, or a list of such, separated by commas.
    init(_ text: String, _ kind: Kind, in expression: String) throws(Failure) {
        var bits: UInt64 = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let numbers = Self.numbers(of: part, kind) else {
                throw Failure(
                    .usage,
                    "the \(kind.name) '\(text)' of '\(expression)' is not within \(kind.range.lowerBound)"
                        + " to \(kind.range.upperBound); write for example '\(kind.example)'",
                    context: ["field": kind.name, "cron": expression])
            }
            for number in numbers { bits |= 1 << number }
        }
        if kind.range.upperBound == 7, bits & 1 << 7 != 0 { bits |= 1 }
        self.bits = bits
        isOpen = text.hasPrefix("*")
    }

    func contains(_ number: Int) -> Bool { bits & 1 << number != 0 }

    func numbers(in range: ClosedRange<Int>) -> [Int] { range.filter(contains) }

    private static func numbers(of part: Substring, _ kind: Kind) -> [Int]? {
        let halves = part.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2, let range = range(of: halves[0], kind) else { return nil }
        guard halves.count == 2 else { return Array(range) }
        guard let step = Int(halves[1]), step > 0 else { return nil }
        // A number with a step begins there: 5/15 is 5, 20, 35, 50.
        let last = range.count == 1 ? kind.range.upperBound : range.upperBound
        return Array(stride(from: range.lowerBound, through: last, by: step))
    }

    private static func range(of text: Substring, _ kind: Kind) -> ClosedRange<Int>? {
        if text == "*" { return kind.range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = number(ends[0], kind),
            let last = ends.count == 2 ? number(ends[1], kind) : first, first <= last
        else { return nil }
        return first...last
    }

    private static func number(_ text: Substring, _ kind: Kind) -> Int? {
        if let index = kind.words.firstIndex(of: text.uppercased()) {
            return index + kind.range.lowerBound
        }
        guard let number = Int(text), kind.range.contains(number) else { return nil }
        return number
    }
}
