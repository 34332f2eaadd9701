// Triggers that lead to each other: no chain closes, whatever stands between its links.
import Model
import Orchestration
import Store
import TestSupport
import Testing

extension TriggerTests {
    @Test func `B-8: a run that ended fires, and chains end where they would close`()
        async throws
    {
        let world = try await world()
        let engine = try world.engine()
        // Each starts the runbook that the other one waits for.
        try await engine.addTrigger(
            trigger(world, on: .runEnded, name: "first", runbook: "fails") { $0.runbook = "told" })
        try await engine.addTrigger(
            trigger(world, on: .runEnded, name: "second") { $0.state = .failed })
        let cause = try await engine.start(world.request("told"))
        for _ in 1...6 {
            try await pass(engine)
            try await look(engine)
        }
        let runs = try runs(engine)
        #expect(runs.map(\.name) == ["told", "fails", "told"])
        #expect(runs[2].parameters["run"]?.integer == runs[1].id.number)
        #expect(try engine.services.store.triggers(behind: runs[2].id) == ["first", "second"])
        #expect(cause == runs[0].id)
    }

    @Test func `B-8: what a triggered run starts does not fire the trigger behind it`()
        async throws
    {
        let world = try await world()
        let engine = try world.engine()
        try await engine.addTrigger(
            trigger(world, on: .runEnded, runbook: "begets") { $0.runbook = "told" })
        _ = try await engine.start(world.request("told"))
        for _ in 1...8 {
            try await pass(engine)
            try await look(engine)
        }
        #expect(try runs(engine).map(\.name) == ["told", "begets", "told"])
    }
}
