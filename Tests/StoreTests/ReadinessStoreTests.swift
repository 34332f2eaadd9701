// How ready plans were found, and which of their tests was the last to succeed.
import Model
import Store
import Testing

@Suite struct ReadinessStoreTests {
    @Test func `P-11: what was found of a plan takes the place of what was found before`()
        async throws
    {
        let lab = try Lab()
        let store = try lab.open()
        var found = PlanReadiness(
            plan: "shop", kind: .planned, findings: [PlanFinding(.capacity, "no room")],
            rehearsal: nil, checkedAt: .second(1))
        try await store.commit([.readinessKept(found)])
        found.findings = []
        found.rehearsal = PlanRehearsal(
            .stale, PlanRehearsal.Test(run: RunID(7), at: .second(0)), changes: ["plan shop"])
        try await store.commit([.readinessKept(found)])
        #expect(try lab.open().readiness() == [found])
        #expect(try store.readiness(of: "shop") == found)
        #expect(try store.readiness(of: "ship") == nil)
        try await store.commit([.readinessForgotten("shop")])
        #expect(try store.readiness().isEmpty)
    }

    @Test func `P-12: only a test of that plan which came to its end counts`() async throws {
        let lab = try Lab()
        let store = try lab.open()
        for (number, kind) in [(1, FailoverKind.test), (2, .test), (3, .planned), (4, .test)] {
            var run = RunRecord.sample(Int64(number))
            run.failover = kind
            try await store.commit([
                .runInserted(run), .runChanged(run.id, .started, at: .second(number)),
            ])
            if number < 4 {
                try await store.commit([.runChanged(run.id, .completed, at: .second(number))])
            }
        }
        #expect(try store.lastRehearsal(of: "stamp") == RunID(2))
        #expect(try store.lastRehearsal(of: "other") == nil)
    }
}
