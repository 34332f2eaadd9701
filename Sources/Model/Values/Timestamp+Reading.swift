// Reads the times that people write: an hour of the clock, or an instant of ISO 8601.
import Foundation

extension Timestamp {
    /// Reads `22:00`, the next time the clocks of `zone` (an IANA name) show it from `now` on, or
    /// `2026-03-01T22:00:00Z`. A minute that has begun counts as `now`; fractions of a second are
    /// left out.
    ///
    /// Raises `usage.invalid` for another form and for a zone that does not exist.
    package init(text: String, from now: Timestamp, zone: String = "UTC") throws(Failure) {
        guard text.contains("T") else {
            self = try Self.opening(text, from: now, zone: zone)
            return
        }
        let form = /(.{10}T[0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})/
        guard let match = text.wholeMatch(of: form),
            let date = try? Date("\(match.1)\(match.2 ?? ":00")\(match.4)", strategy: .iso8601)
        else {
            throw Failure(
                .usage, "'\(text)' is no time; write \"22:00\" or \"2026-03-01T22:00:00Z\"")
        }
        self.init(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
    }

    /// A window of one minute opens when the clocks show its beginning.
    private static func opening(
        _ clock: String, from now: Timestamp, zone: String
    ) throws(Failure) -> Timestamp {
        let parts = clock.split(separator: ":")
        guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]) else {
            throw Failure(
                .usage, "'\(clock)' is no time; write \"22:00\" or \"2026-03-01T22:00:00Z\"")
        }
        let next = (hour * 60 + minute + 1) % 1440
        let end = [next / 60, next % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return try TimeWindow(text: "\(clock)-\(end.joined(separator: ":")) \(zone)")
            .opening(from: now)
    }
}
