// What becomes of a plan's rehearsal, and since when a plan has been ready.
import Model
import Testing

@Suite struct PlanRehearsalTests {
    private static let start = Timestamp(microseconds: 1_772_402_400_000_000)
    private let test = PlanRehearsal.Test(run: RunID(3), at: start)
    private let made = PlanFingerprint([
        "plan shop": "a", "script wait": "b", "member web01": "c", "mapping oslo:tenant": "d",
    ])

    private func rehearsal(
        _ current: PlanFingerprint, after time: Duration = .seconds(60)
    ) -> PlanRehearsal {
        PlanRehearsal(test, of: made, current: current, now: Self.start + time)
    }

    @Test func `P-12: a plan is verified until something of it differs, which is named`() {
        #expect(rehearsal(made).state == .verified)
        var other = made
        other.parts["script wait"] = "x"
        other.parts["member web02"] = "new"
        other.parts["mapping oslo:tenant"] = nil
        let stale = rehearsal(other)
        #expect(stale.state == .stale)
        #expect(
            stale.changes == ["mapping oslo:tenant (gone)", "member web02 (new)", "script wait"])
        #expect(stale.words.hasPrefix("stale (changed: mapping oslo:tenant (gone), member web02"))
    }

    @Test func `P-12: what could not be looked at is not taken for changed`() {
        var other = made
        other.parts["member web01"] = PlanFingerprint.unknown
        #expect(rehearsal(other).state == .verified)
    }

    @Test func `P-12: a plan is overdue after 183 days, changed or not, and may never be tested`() {
        let days = Duration.seconds(86_400)
        #expect(rehearsal(made, after: days * 183).state == .verified)
        #expect(rehearsal(made, after: days * 183 + .seconds(1)).state == .overdue)
        let none = PlanRehearsal(nil, of: made, current: made, now: Self.start)
        #expect(none.state == .never && none.words == "never")
    }

    @Test func `P-11: a plan has been ready, or has not, since it changed last`() {
        func found(_ findings: [PlanFinding], _ second: Int64) -> PlanReadiness {
            PlanReadiness(
                plan: "shop", kind: .planned, findings: findings, rehearsal: nil,
                checkedAt: Self.start + .seconds(second))
        }
        let short = PlanFinding(.capacity, "no room")
        let (first, isNews) = found([short], 0).after(nil)
        #expect(isNews && first.word == "not-ready")
        let (second, isAgain) = found([short, short], 9).after(first)
        #expect(!isAgain && second.since == Self.start)
        let (third, isBetter) = found([], 20).after(second)
        #expect(isBetter && third.since == Self.start + .seconds(20))
        #expect(!found([], 0).after(nil).isNews)
    }
}
