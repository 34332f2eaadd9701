// A protection at a glance: as healthy as its record, and its history as a text.
import Testing

@testable import Model

@Suite struct ProtectionSummaryTests {
    private let start = Timestamp(microseconds: 0) + .seconds(1_000_000_800)

    @Test func `R-18 a history reads back as it was written`() {
        for seed in 1...50 {
            var (history, state) = (CycleHistory(), UInt64(seed))
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1
                history.add(at: start + .seconds(Int(state >> 47))) { counts in
                    counts.succeeded += Int(state >> 33 & 255)
                    counts.missed += Int(state >> 41 & 3)
                    counts.errors += Int(state >> 43 & 3)
                }
            }
            #expect(CycleHistory(text: history.text) == history, "seed \(seed): \(history.text)")
        }
    }

    @Test(arguments: [
        "", " ", "1", "1,2,3", "1,2,3,4,5", "1,2,3,4 ", " 1,2,3,4", "1,2,3,4  5,6,7,8", "1,,3,4",
        "1,2,3,-4", "1,2,3,x", "1,2,3,1234567890123456789", "1,2 3,4",
    ])
    func `a text that is no history is refused`(_ text: String) {
        #expect(CycleHistory(text: text) == nil)
    }

    @Test func `a summary says what the record says, and keeps no flawless history`() {
        var record = Protection(
            vm: "web", primary: MachineID(site: "oslo", name: "web"),
            replica: MachineID(site: "bergen", name: "web"), interval: .fiveMinutes,
            isCompressed: true, pointsKept: 1, disks: [], excludedDisks: [], epoch: 0)
        record.terms.relationship = .extended
        record.state = .replicating
        record.statistics.succeed(cutAt: start, now: start, bytes: 1)
        #expect(ProtectionSummary(record).history == nil)
        #expect(ReplicationHealth(of: ProtectionSummary(record), now: start) == .normal)
        record.statistics.miss(1, now: start)
        for state in ProtectionState.allCases {
            record.state = state
            let summary = ProtectionSummary(record)
            #expect(summary.history == record.statistics.history)
            #expect(summary.key == "web:extended")
            #expect(summary.primary == record.primary && summary.replica == record.replica)
            #expect(summary.production == record.production)
        }
    }
}
