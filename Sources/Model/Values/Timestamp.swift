// An instant in UTC, and where instants come from. Everything stored is UTC; schedules name their
// zone.

/// Microseconds since 1970-01-01T00:00:00Z.
package struct Timestamp: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    package var microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }

    package static func < (left: Self, right: Self) -> Bool {
        left.microseconds < right.microseconds
    }

    package static func + (left: Self, right: Duration) -> Self {
        Self(microseconds: left.microseconds + right.microseconds)
    }

    /// The time from `right` to `left`; negative when `left` is earlier.
    package static func - (left: Self, right: Self) -> Duration {
        .microseconds(left.microseconds - right.microseconds)
    }

    /// `2026-03-01T22:00:00.123Z`, ISO 8601 with milliseconds.
    package var description: String {
        let milliseconds = microseconds.dividedDown(by: 1000)
        let seconds = milliseconds.dividedDown(by: 1000)
        let days = seconds.dividedDown(by: 86_400)
        let date = CivilDate(day: days)
        let second = Int(seconds - days * 86_400)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        for (number, width, mark) in [
            (date.year, 4, "-"), (date.month, 2, "-"), (date.day, 2, "T"), (second / 3600, 2, ":"),
            (second / 60 % 60, 2, ":"), (second % 60, 2, "."),
            (Int(milliseconds - seconds * 1000), 3, "Z"),
        ] as [(Int, Int, Unicode.Scalar)] {
            bytes.append(padded: number, width)
            bytes.append(UInt8(ascii: mark))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `22:00:00`, the time of day in UTC.
    package var timeOfDay: String { String(description.dropFirst(11).prefix(8)) }
}

extension Duration {
    package var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }

    package var seconds: Double { Double(microseconds) / 1_000_000 }
}

/// Where the time comes from: the machine's clock, or a test's.
package protocol WallClock: Sendable {
    var now: Timestamp { get }
    /// Returns at `deadline` or later; at once when it has passed. Throws when cancelled.
    func sleep(until deadline: Timestamp) async throws
}

extension [UInt8] {
    /// Decimal digits, zeros in front.
    fileprivate mutating func append(padded number: Int, _ width: Int) {
        let digits = String(number).utf8
        append(contentsOf: repeatElement(0x30, count: Swift.max(0, width - digits.count)))
        append(contentsOf: digits)
    }
}

extension Int64 {
    /// The quotient, rounded down: -1 / 60 is -1.
    func dividedDown(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
