// The times that people write, by the clocks of their zone.
import Model
import Testing

@Suite struct TimestampReadingTests {
    /// 2026-03-01T22:00:30Z, half a minute past eleven in Oslo.
    private static let now = Timestamp(microseconds: 1_772_402_430_000_000)

    @Test(arguments: [
        ("22:00", "UTC", "2026-03-01T22:00:30.000Z"), ("22:01", "UTC", "2026-03-01T22:01:00.000Z"),
        ("21:59", "UTC", "2026-03-02T21:59:00.000Z"), ("00:00", "UTC", "2026-03-02T00:00:00.000Z"),
        ("23:59", "Europe/Oslo", "2026-03-01T22:59:00.000Z"),
        ("22:00", "Europe/Oslo", "2026-03-02T21:00:00.000Z"),
        ("2026-03-01T22:00:00Z", "UTC", "2026-03-01T22:00:00.000Z"),
        ("2026-03-01T22:00Z", "Europe/Oslo", "2026-03-01T22:00:00.000Z"),
        ("2026-03-01T22:00:00.25+01:00", "UTC", "2026-03-01T21:00:00.000Z"),
    ])
    func `an hour is the next one of its zone, an instant is itself`(
        text: String, zone: String, expected: String
    ) throws {
        let time = try Timestamp(text: text, from: Self.now, zone: zone)
        #expect(time.description == expected)
    }

    @Test(arguments: ["", "22", "25:00", "22:60", "2026-03-01", "2026-13-01T22:00:00Z", "noon"])
    func `another form is refused, and what is right is said`(text: String) {
        let failure = #expect(throws: Failure.self) {
            _ = try Timestamp(text: text, from: Self.now)
        }
        #expect(failure?.code == .usage)
    }
}
