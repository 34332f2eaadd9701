// Durations, sizes, instants and names are read in one form, and everything else is refused.
import Model
import Testing

@Suite struct UnitsTests {
    @Test(arguments: ["30s", "5m", "1h30m", "2d", "250ms", "0s"])
    func `a duration reads back as it was written`(text: String) throws {
        #expect(try Duration(text: text).text == text)
    }

    @Test(arguments: ["", "5", "m", "5 m", "1m1h", "-5m", "5min", "1.5h"])
    func `what is not a duration is refused and the right forms are shown`(text: String) {
        #expect { try Duration(text: text) } throws: { "\($0)".contains("\"1h30m\"") }
    }

    @Test func `a size reads in binary units and is rounded for people`() throws {
        #expect(try ByteCount(text: "64MiB").bytes == 64 << 20)
        #expect(ByteCount(1536).description == "1.5 KiB")
        #expect(throws: Failure.self) { try ByteCount(text: "64MB") }
    }

    @Test func `an instant is written in UTC with milliseconds`() {
        #expect(Timestamp(microseconds: 0).description == "1970-01-01T00:00:00.000Z")
        let leapDay = Timestamp(microseconds: 1_709_210_096_789_000)
        #expect(leapDay.description == "2024-02-29T12:34:56.789Z")
    }

    @Test(arguments: ["", "-a", "a b", "ä", String(repeating: "a", count: 64), "../x"])
    func `what cannot be a name is refused`(text: String) {
        #expect(throws: Failure.self) { try Name.checked(text, "vm") }
    }

    @Test func `the nearest spelling is offered when it is near`() {
        #expect(Spelling.nearest(to: "swicth", among: ["switch", "network"]) == "switch")
        #expect(Spelling.nearest(to: "banana", among: ["switch", "network"]) == nil)
    }
}
