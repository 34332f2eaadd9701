// A part of every day, by the clocks of a named zone: `22:00-06:00 Europe/Oslo`.
//
// The hands of the clock decide. When they jump over the beginning, the window opens where they
// land; when an hour comes twice, it is open in both.

package struct TimeWindow: Sendable, Hashable, Codable {
    /// Minutes after midnight, local time; equal for the whole day.
    package let startMinute: Int
    package let endMinute: Int
    package let zone: Zone

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
        startMinute = start
        endMinute = end
        zone = try Zone(String(parts[1]))
    }

    /// The form ``init(text:)`` reads.
    package var text: String { "\(Self.text(startMinute))-\(Self.text(endMinute)) \(zone)" }

    package func isOpen(at instant: Timestamp) -> Bool {
        isOpen(localMinute: zone.local(instant).second / 60)
    }

    /// `now` when it is open, else the minute at which it opens.
    package func opening(from now: Timestamp) -> Timestamp {
        if isOpen(at: now) { return now }
        let minute = now.microseconds.dividedDown(by: 60_000_000)
        // Clocks change by whole minutes, and within two days any window has opened.
        let minutes = (minute + 1)...(minute + 1 + Int64(2 * Self.dayMinutes))
        let opening = minutes.first { isOpen(at: Timestamp(microseconds: $0 * 60_000_000)) }
        return Timestamp(microseconds: (opening ?? minutes.upperBound) * 60_000_000)
    }

    /// How far the zone's clocks are ahead.
    func minutesFromUTC(at now: Timestamp) -> Int {
        let (day, second) = zone.local(now)
        let shown = day * 86_400 + Int64(second)
        return Int((shown - now.microseconds.dividedDown(by: 1_000_000)) / 60)
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
