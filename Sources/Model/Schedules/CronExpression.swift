// Five-field cron: minute, hour, day of the month, month, day of the week. When both fields of days
// are restricted, either of them will do; that is cron's rule since Vixie's.
//
// Where hours are named, a due time is one of the calendar: each hour and minute of a date is due
// exactly once, also on the days on which the clocks change (see Zone). Where every hour is meant,
// the expression is a rhythm: it is due whenever the clocks show such a minute, so that an hour
// which comes twice has its due times twice, and one that never comes has none.

package struct CronExpression: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    private let minute: CronField
    private let hour: CronField
    private let dayOfMonth: CronField
    private let month: CronField
    private let dayOfWeek: CronField

    /// Days looked ahead for a date: eight years hold every 29 February.
    private static let daysMax: Int64 = 366 * 8 + 2

    /// Raises `usage.invalid`, naming the field and showing a right form, and for an expression
    /// that never comes due.
    package init(_ text: String) throws(Failure) {
        let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard words.count == 5 else {
            throw Failure(
                .usage,
                "'\(text)' has \(words.count) fields; cron has five: minute, hour, day of the "
                    + "month, month, day of the week, such as '0 22 * * MON-FRI'",
                context: ["cron": text])
        }
        description = words.joined(separator: " ")
        minute = try CronField(words[0], .minute, in: description)
        hour = try CronField(words[1], .hour, in: description)
        dayOfMonth = try CronField(words[2], .dayOfMonth, in: description)
        month = try CronField(words[3], .month, in: description)
        dayOfWeek = try CronField(words[4], .dayOfWeek, in: description)
        guard next(after: Timestamp(microseconds: 0), in: .utc) != nil else {
            throw Failure(
                .usage,
                "'\(description)' never comes due: no such date is in any calendar; write for "
                    + "example '0 22 1 * *'", context: ["cron": description])
        }
    }

    /// Whether it is due in every hour.
    private var isRhythm: Bool { (0...23).allSatisfy(hour.contains) }

    /// The first due time after `instant` by the clocks of `zone`; nil when there is none.
    package func next(after instant: Timestamp, in zone: Zone) -> Timestamp? {
        isRhythm ? nextBeat(after: instant, in: zone) : nextTime(after: instant, in: zone)
    }

    private func nextTime(after instant: Timestamp, in zone: Zone) -> Timestamp? {
        let today = zone.local(instant).day
        // A change of the clocks may have put a due time of yesterday after midnight.
        for day in (today - 1)...(today + Self.daysMax) where isDue(CivilDate(day: day)) {
            if let next = times(of: day, in: zone).first(where: { $0 > instant }) { return next }
        }
        return nil
    }

    /// The next minute, as they pass, at which the clocks show what is meant.
    private func nextBeat(after instant: Timestamp, in zone: Zone) -> Timestamp? {
        let minutes = instant.microseconds.dividedDown(by: 60_000_000)
        var beat = Timestamp(microseconds: minutes * 60_000_000) + .seconds(60)
        let last = beat + .seconds(Self.daysMax * 86_400)
        while beat < last {
            let (day, second) = zone.local(beat)
            if !isDue(CivilDate(day: day)) {
                beat = max(zone.instant(day: day + 1, second: 0), beat + .seconds(60))
            } else if minute.contains(second / 60 % 60) {
                return beat
            } else {
                beat = beat + .seconds(60)
            }
        }
        return nil
    }

    private func isDue(_ date: CivilDate) -> Bool {
        guard month.contains(date.month) else { return false }
        let (inMonth, inWeek) = (dayOfMonth.contains(date.day), dayOfWeek.contains(date.weekday))
        return dayOfMonth.isOpen || dayOfWeek.isOpen ? inMonth && inWeek : inMonth || inWeek
    }

    /// The due times of a date of the calendar, each once.
    private func times(of day: Int64, in zone: Zone) -> [Timestamp] {
        let minutes = minute.numbers(in: 0...59)
        let instants = hour.numbers(in: 0...23).flatMap { hour in
            minutes.map { zone.instant(day: day, second: hour * 3600 + $0 * 60) }
        }
        return Set(instants).sorted()
    }
}

extension CronExpression: Codable {
    package init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
