// The clocks of a place: from instants to what their hands show, and back. What they show twice is
// the first of the two instants; what they jump over is the instant at which they jump.
import Foundation

package struct Zone: Sendable, Hashable, CustomStringConvertible {
    /// The IANA name: `Europe/Oslo`.
    package let name: String
    private let timeZone: TimeZone

    package static let utc = Zone(name: "UTC", timeZone: .gmt)

    private init(name: String, timeZone: TimeZone) {
        self.name = name
        self.timeZone = timeZone
    }

    /// Raises `usage.invalid`, with the nearest name, for a zone that does not exist.
    package init(_ name: String) throws(Failure) {
        guard name.contains("/") || name == "UTC", let timeZone = TimeZone(identifier: name) else {
            let names = TimeZone.knownTimeZoneIdentifiers + ["UTC"]
            throw Failure(
                .usage,
                "there is no time zone '\(name)'\(Spelling.hint(for: name, among: names)); write "
                    + "an IANA name such as Europe/Oslo, or UTC",
                context: ["zone": name])
        }
        self.init(name: name, timeZone: timeZone)
    }

    package var description: String { name }

    /// What the clocks show: the day counted from 1970-01-01, and the second of that day.
    package func local(_ instant: Timestamp) -> (day: Int64, second: Int) {
        let seconds = instant.microseconds.dividedDown(by: 1_000_000)
        let shown = seconds + offset(at: seconds)
        let day = shown.dividedDown(by: 86_400)
        return (day, Int(shown - day * 86_400))
    }

    /// The first instant at which the clocks show that second of that day, or have jumped over it.
    package func instant(day: Int64, second: Int) -> Timestamp {
        let shown = day * 86_400 + Int64(second)
        return Timestamp(microseconds: seconds(showing: shown) * 1_000_000)
    }

    private func seconds(showing shown: Int64) -> Int64 {
        // No zone is a day from UTC, so its change, if there is one, lies between these.
        let (before, after) = (offset(at: shown - 86_400), offset(at: shown + 86_400))
        for offset in [before, after] where self.offset(at: shown - offset) == offset {
            return shown - offset
        }
        var (low, high) = (shown - 86_400, shown + 86_400)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == before { low = middle } else { high = middle }
        }
        return high
    }

    private func offset(at seconds: Int64) -> Int64 {
        Int64(
            timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
    }
}

extension Zone: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
