// Cron expressions, and due times by the clocks of zones: on the days on which they change too.
import Foundation
import Testing

@testable import Model

@Suite struct CronTests {
    private static func at(_ text: String) -> Timestamp {
        do { return try Timestamp(text: text, from: Timestamp(microseconds: 0)) } catch {
            preconditionFailure("\(text): \(error)")
        }
    }

    private func due(
        _ cron: String, after: String, _ zone: String, _ count: Int = 3
    ) throws -> [String] {
        let (expression, zone) = (try CronExpression(cron), try Zone(zone))
        var times: [Timestamp] = []
        while times.count < count,
            let next = expression.next(after: times.last ?? Self.at(after), in: zone)
        {
            times.append(next)
        }
        return times.map { String($0.description.prefix(16)) }
    }

    @Test(arguments: [
        ("61 * * * *", "minute", "15 22 * * *"), ("0 24 * * *", "hour", "0 22 * * *"),
        ("0 0 0 * *", "day of the month", "0 22 1 * *"),
        ("0 0 1 JUNE *", "month", "0 22 1 JAN-JUN *"),
        ("0 0 * * 8", "day of the week", "0 22 * * MON-FRI"), ("*/0 * * * *", "minute", "15 22"),
        ("5-1 * * * *", "minute", "15 22"), ("1, * * * *", "minute", "15 22"),
    ])
    func `B-8: a wrong field is named, with a right form`(
        cron: String, field: String, example: String
    ) {
        #expect {
            try CronExpression(cron)
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == .usage && failure?.context["field"] == field
                && "\(error)".contains(example)
        }
    }

    @Test(arguments: ["* * * *", "0 0 30 2 *", ""])
    func `B-8: what is no expression, or never comes due, is refused`(cron: String) {
        #expect(throws: Failure.self) { try CronExpression(cron) }
    }

    @Test func `B-8: an unknown zone is refused with the nearest name`() {
        #expect {
            try Zone("Europe/Osol")
        } throws: { "\($0)".contains("Europe/Oslo") }
    }

    @Test func `B-8: fields of numbers, words, ranges, steps and lists`() throws {
        #expect(
            try due("*/20 8-9 * * *", after: "2026-03-01T08:30:00Z", "UTC", 4) == [
                "2026-03-01T08:40", "2026-03-01T09:00", "2026-03-01T09:20", "2026-03-01T09:40",
            ])
        #expect(
            try due("0 22 * * mon-fri", after: "2026-11-20T23:00:00Z", "UTC", 2) == [
                "2026-11-23T22:00", "2026-11-24T22:00",
            ])
        #expect(
            try due("0 0 29 FEB *", after: "2026-01-01T00:00:00Z", "UTC", 2) == [
                "2028-02-29T00:00", "2032-02-29T00:00",
            ])
        #expect(
            try due("0 0 13 * 5", after: "2026-02-07T00:00:00Z", "UTC", 3) == [
                "2026-02-13T00:00", "2026-02-20T00:00", "2026-02-27T00:00",
            ], "both days restricted: either will do")
        #expect(
            try due("0 6 * * 7", after: "2026-11-21T00:00:00Z", "UTC", 1) == ["2026-11-22T06:00"])
    }

    @Test func `B-8: an hour that never comes is due when the clocks jump`() throws {
        #expect(
            try due("30 2 * * *", after: "2026-03-28T12:00:00Z", "Europe/Oslo", 2) == [
                "2026-03-29T01:00", "2026-03-30T00:30",
            ])
    }

    @Test func `B-8: an hour that comes twice is due once`() throws {
        #expect(
            try due("30 2 * * *", after: "2026-10-24T12:00:00Z", "Europe/Oslo", 2) == [
                "2026-10-25T00:30", "2026-10-26T01:30",
            ])
    }

    @Test func `B-8: a rhythm goes on as time passes`() throws {
        #expect(
            try due("0 * * * *", after: "2026-10-24T23:30:00Z", "Europe/Oslo", 3) == [
                "2026-10-25T00:00", "2026-10-25T01:00", "2026-10-25T02:00",
            ])
        #expect(
            try due("15 * * * *", after: "2026-03-01T00:00:00Z", "Asia/Kolkata", 2) == [
                "2026-03-01T00:45", "2026-03-01T01:45",
            ])
    }

    /// Both kinds of change, of an hour and of half an hour, in both halves of the world, and none.
    static let zones = [
        "Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
        "Asia/Kolkata",
    ]

    @Test(arguments: zones)
    func `B-8: over a year each date of the calendar has each of its times once`(
        zone name: String
    ) throws {
        let zone = try Zone(name)
        let cron = try CronExpression("15,45 1-3 * * *")
        let (start, end) = (Self.at("2026-01-01T12:00:00Z"), Self.at("2027-01-01T12:00:00Z"))
        var found: [Timestamp] = []
        while let next = cron.next(after: found.last ?? start, in: zone), next < end {
            found.append(next)
        }
        #expect(found == Self.oracle(zone, from: start, to: end))
    }

    /// Looks at every minute of the year: a time of a date is due at the first minute of that date
    /// at which the clocks show it or a later one.
    private static func oracle(
        _ zone: Zone, from start: Timestamp, to end: Timestamp
    ) -> [Timestamp] {
        let wanted = [1, 2, 3].flatMap { hour in [15, 45].map { hour * 60 + $0 } }
        var seen: [Int64: Set<Int>] = [:]
        var due: Set<Timestamp> = []
        let first = start + .seconds(-86_400)
        for at in stride(from: first.microseconds, to: end.microseconds, by: 60_000_000) {
            let instant = Timestamp(microseconds: at)
            let (day, second) = zone.local(instant)
            for minute in wanted where minute <= second / 60 {
                if seen[day, default: []].insert(minute).inserted, instant > start {
                    due.insert(instant)
                }
            }
            seen[day - 2] = nil
        }
        return due.sorted()
    }
}
