// A part of every day, by the clocks of a named zone: `22:00-06:00 Europe/Oslo`.
//
// The hands of the clock decide. When they jump over the beginning, the window opens where they
// land; when an hour comes twice, it is open in both.
import Foundation

package struct TimeWindow: Sendable, Hashable, Codable {
    /// Minutes after midnight, local time; equal for the whole day.
    package let startMinute: Int
    package let endMinute: Int
    /// The zone's IANA name.
    package let zone: String

    private static let dayMinutes = 1440

    /// Reads `22:00-06:00 Europe/Oslo`; raises `usage.invalid`.
    package init(text: String) throws(Failure) {
        let parts = text.split(separator: " ")
        let times = parts.first?.split(separator: "-") ?? []
        guard parts.count == 2, times.count == 2, let start = Self.minute(times[0]),
            let end = Self.minute(times[1])
        else {
            throw Failure(
                .usage, "'\(text)' is not a time window; write \"22:00-06:00 Europe/Oslo\"")
        }
        let zone = String(parts[1])
        guard TimeZone(identifier: zone) != nil else {
            throw Failure(
                .usage, "there is no time zone '\(zone)'; use an IANA name such as Europe/Oslo",
                context: ["zone": zone])
        }
        startMinute = start
        endMinute = end
        self.zone = zone
    }

    /// The form ``init(text:)`` reads.
    package var text: String { "\(Self.text(startMinute))-\(Self.text(endMinute)) \(zone)" }

    package func isOpen(at instant: Timestamp) -> Bool {
        isOpen(seconds: instant.microseconds.dividedDown(by: 1_000_000), timeZone)
    }

    /// `now` when it is open, else the minute at which it opens.
    package func opening(from now: Timestamp) -> Timestamp {
        let timeZone = timeZone
        let seconds = now.microseconds.dividedDown(by: 1_000_000)
        if isOpen(seconds: seconds, timeZone) { return now }
        var minute = seconds.dividedDown(by: 60) + 1
        // Clocks change by whole minutes, and within two days any window has opened.
        let last = minute + Int64(2 * Self.dayMinutes)
        while minute < last, !isOpen(seconds: minute * 60, timeZone) { minute += 1 }
        return Timestamp(microseconds: minute * 60_000_000)
    }

    private var timeZone: TimeZone {
        // Checked when it was read; a record of another machine may name a zone unknown to this
        // one.
        TimeZone(identifier: zone) ?? .gmt
    }

    private func isOpen(seconds: Int64, _ timeZone: TimeZone) -> Bool {
        let date = Date(timeIntervalSince1970: Double(seconds))
        let local = seconds + Int64(timeZone.secondsFromGMT(for: date))
        return isOpen(localMinute: Int(local.dividedDown(by: 60) % Int64(Self.dayMinutes)))
    }

    /// How far the zone's clocks are ahead.
    func minutesFromUTC(at now: Timestamp) -> Int {
        let seconds = Double(now.microseconds.dividedDown(by: 1_000_000))
        return timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds)) / 60
    }

    /// Whether it is open when the zone's clocks show that minute of the day.
    func isOpen(localMinute minute: Int) -> Bool {
        if startMinute == endMinute { return true }
        return startMinute < endMinute
            ? (startMinute..<endMinute).contains(minute)
            : minute >= startMinute || minute < endMinute
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, text.utf8.count == 5, let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }

    private static func text(_ minute: Int) -> String {
        let parts = [minute / 60, minute % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return parts.joined(separator: ":")
    }
}
