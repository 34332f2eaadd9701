// Windows by the clocks of a zone, names of peers, and what a policy refuses when it is read.
import Model
import Testing

@Suite struct ReplicationPolicyTests {
    private func instant(_ secondsSince2026: Int64) -> Timestamp {
        // 2026-01-01T00:00:00Z
        Timestamp(microseconds: (1_767_225_600 + secondsSince2026) * 1_000_000)
    }

    @Test func `R-23 a window opens by the clocks of its zone, over midnight too`() throws {
        let night = try TimeWindow(text: "22:00-06:00 Europe/Oslo")
        #expect(night.text == "22:00-06:00 Europe/Oslo")
        // Oslo is an hour ahead in winter.
        #expect(night.isOpen(at: instant(0)))
        #expect(!night.isOpen(at: instant(5 * 3600)))
        #expect(night.opening(from: instant(5 * 3600)) == instant(21 * 3600))
        #expect(night.opening(from: instant(5 * 3600 + 17)) == instant(21 * 3600))
        #expect(night.opening(from: instant(22 * 3600)) == instant(22 * 3600))
        let summer: Int64 = 181 * 86_400
        #expect(night.opening(from: instant(summer + 12 * 3600)) == instant(summer + 20 * 3600))
        #expect(try TimeWindow(text: "00:00-00:00 UTC").isOpen(at: instant(12_345)))
    }

    @Test func `R-23 a window that begins in the hour that is left out opens where clocks land`()
        throws
    {
        // 2026-03-29: from 02:00 to 03:00 in Oslo, at 01:00 UTC.
        let window = try TimeWindow(text: "02:30-04:00 Europe/Oslo")
        let day: Int64 = 87 * 86_400
        #expect(window.opening(from: instant(day)) == instant(day + 3600))
        // 2026-10-25: the hour from 02:00 comes twice, and the window is open in both.
        let autumn: Int64 = 297 * 86_400
        #expect(window.opening(from: instant(autumn)) == instant(autumn + 1800))
        #expect(!window.isOpen(at: instant(autumn + 3600)))
        #expect(window.isOpen(at: instant(autumn + 3600 + 1800)))
    }

    @Test(
        arguments: [
            "", "22:00", "22:00-06:00", "22:00-06:00 Europe/Olso", "24:00-06:00 UTC",
            "22:60-06:00 UTC", "2:00-06:00 UTC", "22:00-06:00 UTC extra",
        ])
    func `R-23 a window that cannot be is refused when it is read`(_ text: String) {
        let failure = #expect(throws: Failure.self) { try TimeWindow(text: text) }
        #expect(failure?.code == .usage)
    }

    @Test func `R-23 several windows open with the first of them, and no window is always`() throws
    {
        let windows = try ["22:00-06:00 UTC", "12:00-13:00 UTC"].map { try TimeWindow(text: $0) }
        let rule = SitePairRule(from: "a", to: "b", windows: windows)
        #expect(rule.opening(from: instant(7 * 3600)) == instant(12 * 3600))
        #expect(rule.opening(from: instant(14 * 3600)) == instant(22 * 3600))
        let always = SitePairRule(from: "a", to: "b")
        #expect(always.opening(from: instant(7)) == instant(7))
    }

    @Test(arguments: [
        ([], 0), (["22:00-06:00 Europe/Oslo"], 960), (["00:00-00:00 UTC"], 0),
        (["22:00-06:00 UTC", "12:00-13:00 UTC"], 540),
        // In winter the second one begins when the first one ends.
        (["22:00-06:00 UTC", "07:00-12:00 Europe/Oslo"], 660),
    ])
    func `S-3: the longest time in which nothing crosses a pair of sites`(
        windows: [String], minutes: Int
    ) throws {
        let rule = SitePairRule(
            from: "a", to: "b", windows: try windows.map { try TimeWindow(text: $0) })
        #expect(rule.longestPause(at: instant(7 * 3600)) == .seconds(minutes * 60))
    }

    @Test func `R-23 a policy under which nothing crosses is refused`() throws {
        let none = #expect(throws: Failure.self) { try TransferPolicy(transfersMax: 0, pairs: []) }
        #expect(none?.code == .usage)
        let rule = SitePairRule(from: "a", to: "b", bytesPerSecond: ByteCount(0))
        let still = #expect(throws: Failure.self) {
            try TransferPolicy(transfersMax: 6, pairs: [rule])
        }
        #expect(still?.code == .usage)
        #expect(TransferPolicy().transfersMax == 6)
    }

    @Test func `R-1 a wildcard stands once and for the first label, and matches one label`() throws
    {
        for wrong in ["*.*.net", "a.*.net", "a*.net", "*", "*.", "", "*a.net", "a b"] {
            let failure = #expect(throws: Failure.self) { try PeerName(wrong) }
            #expect(failure?.code == .usage, "\(wrong)")
        }
        let name = try PeerName("*.a.net")
        #expect(name.matches("oslo.a.net"))
        #expect(!name.matches("a.net"))
        #expect(!name.matches("x.oslo.a.net"))
        #expect(!name.matches(".a.net"))
        #expect(try PeerName("oslo").matches("oslo"))
        #expect(try !PeerName("oslo").matches("oslo.a.net"))
    }

    @Test func `R-1 peers land where their rule says, the others nowhere`() throws {
        let accepts = ReplicaAcceptance.peers([
            try AcceptedPeer(name: "oslo.a.net", place: "oslo"),
            try AcceptedPeer(name: "*.a.net", place: "others"),
        ])
        #expect(accepts.verdict(on: "oslo.a.net") == .place("oslo"))
        #expect(accepts.verdict(on: "bergen.a.net") == .place("others"))
        #expect(accepts.verdict(on: "oslo.b.net") == .refused)
        #expect(ReplicaAcceptance.anyone.verdict(on: "oslo.b.net") == .place(nil))
        #expect(ReplicaAcceptance.nothing.verdict(on: "oslo.b.net") == .refused)
    }
}
