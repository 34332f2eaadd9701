// Triggers in the store: a mark is compared and set, whoever does it.
import Model
import Testing

@testable import Store

@Suite struct TriggerStoreTests {
    private let now = Timestamp(microseconds: 1_772_402_400_000_000)

    private func trigger(_ name: String = "new") -> RunTrigger {
        RunTrigger(
            name: name, on: .vmAppeared, runbook: "protect", by: "eva", createdAt: now)
    }

    private func mark(_ former: String?, _ mark: String?) -> TriggerMark {
        TriggerMark(trigger: "new", subject: "web9", former: former, mark: mark)
    }

    private func firing(_ former: String?, _ new: String?) -> TriggerFiring {
        TriggerFiring(
            mark(former, new), outcome: .refused, remark: "why", lineage: ["old", "new"], at: now)
    }

    @Test func `B-8: a mark that is not what it was is refused, and all that came with it`()
        async throws
    {
        let lab = try Lab()
        let store = try lab.open()
        try await store.commit([
            .triggerSaved(trigger(), marks: ["web1": "oslo"]), .triggerFired(firing(nil, "oslo")),
        ])
        for (former, new) in [(nil, "oslo"), ("bergen", "oslo"), ("bergen", nil), (nil, nil)]
            as [(String?, String?)]
        {
            await #expect {
                try await store.commit([
                    .triggerRemoved("new"), .triggerSaved(trigger(), marks: [:]),
                    .triggerSaved(trigger(), marks: ["web9": "oslo"]),
                    .triggerFired(firing(former, new)),
                ])
            } throws: { ($0 as? Failure)?.code == .firedAlready }
        }
        #expect(try store.firings(of: "new", limit: 9) == [firing(nil, "oslo")])
        #expect(try store.marks(of: "new") == ["web1": "oslo", "web9": "oslo"])
        try await store.commit([.triggerMarked(mark("oslo", nil))])
        #expect(try store.marks(of: "new") == ["web1": "oslo"])
        #expect(try store.firstFiring(of: "new", for: "web9") == firing(nil, "oslo"))
    }

    @Test func `B-8: nothing fires that is paused or gone; firings stay`() async throws {
        let lab = try Lab()
        let store = try lab.open()
        var paused = trigger()
        paused.isPaused = true
        try await store.commit([
            .triggerSaved(trigger(), marks: [:]), .triggerFired(firing(nil, "oslo")),
            .triggerSaved(paused, marks: nil),
        ])
        await #expect {
            try await store.commit([.triggerMarked(mark("oslo", nil))])
        } throws: { ($0 as? Failure)?.code == .triggerPaused }
        try await store.commit([.triggerRemoved("new")])
        await #expect {
            try await store.commit([.triggerMarked(mark("oslo", nil))])
        } throws: { ($0 as? Failure)?.code == .triggerPaused }
        #expect(try store.firings(of: "new", limit: 9).count == 1)
        #expect(try store.triggers().isEmpty)
    }
}
