// P-11: what is found of plans is looked for again when something changes, kept, and told.
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct ReadinessWatchTests {
    private func world(_ fields: String = "") async throws -> World {
        try await World(runbooks: ["trial.lua": onePlan(fields)])
    }

    private func kept(_ engine: Orchestrator) throws -> [String] {
        try engine.services.store.readiness().filter { $0.plan.hasPrefix("trial") }
            .map { "\($0.plan) \($0.word)" }
    }

    private func events(_ engine: Orchestrator) throws -> [String] {
        try engine.services.store.events().filter {
            $0.topic.hasPrefix("plan.") && $0.record.contains("trial")
        }.map(\.topic)
    }

    @Test func `P-11: what is found is kept, and news when a plan stops or starts being ready`()
        async throws
    {
        let world = try await world()
        world.write("trial2", "return plan { summery = 1 }")
        let engine = try world.engine()
        let watch = ReadinessWatch(engine)
        try await watch.look()
        #expect(try kept(engine) == ["trial ready"])
        #expect(try events(engine) == [])
        world.clock.advance(by: .seconds(700))
        try await watch.look()
        try await watch.look()
        let first = try #require(try await engine.readiness(of: "trial").first)
        #expect(!first.isReady && first.since == world.clock.now)
        world.write("trial", "return plan {")
        try await watch.look()
        let broken = try #require(try engine.services.store.readiness(of: "trial"))
        #expect(broken.findings.map(\.topic) == [.scripts])
        #expect(try events(engine) == ["plan.not_ready"])
        _ = try await engine.services.replication.sync("sql01")
        world.write("trial", onePlan(""))
        try await watch.look()
        #expect(try events(engine) == ["plan.not_ready", "plan.ready"])
        world.write("trial", nil)
        try await watch.look()
        #expect(try kept(engine) == [])
    }

    @Test func `P-11: a plan that a run works on stays as it was found before`() async throws {
        let world = try await world(#"after = { plan.manual { "Go on?" } },"#)
        let engine = try world.engine()
        try await ReadinessWatch(engine).look()
        let run = try await engine.start(world.request("trial", kind: .planned))
        #expect(try await engine.settle(run, under: nil).state == .waiting)
        try await ReadinessWatch(engine).look()
        #expect(try await engine.readiness(of: "trial").first?.kind == .planned)
        try await world.finish(run, on: engine)
        try await ReadinessWatch(engine).look()
        #expect(try await engine.readiness(of: "trial").first?.kind == .failback)
        #expect(try events(engine) == [])
    }

    @Test func `P-11: a watch looks when it is rung, when a text differs, and each quarter hour`()
        async throws
    {
        let world = try await world(#"objective = { rpo = "2h" },"#)
        let engine = try world.engine()
        let (notices, bell) = AsyncStream<Notice>.makeStream()
        let watching = Task { try await ReadinessWatch(engine).run(notices) }
        defer { watching.cancel() }
        func looked(at instant: Timestamp) async throws {
            while try engine.services.store.readiness(of: "trial")?.checkedAt != instant {
                await Task.yield()
            }
        }
        let start = world.clock.now
        try await looked(at: start)
        await world.clock.waitUntilAsleep(until: start + .seconds(1))
        world.clock.advance(by: .seconds(1))
        await world.clock.waitUntilAsleep(until: start + .seconds(61))
        bell.yield(Notice(.labChanged))
        try await looked(at: start + .seconds(1))
        await world.clock.waitUntilAsleep(until: start + .seconds(2))
        world.write("trial", onePlan(#"objective = { rpo = "3h" },"#))
        world.clock.advance(to: start + .seconds(2))
        await world.clock.waitUntilAsleep(until: start + .seconds(62))
        world.clock.advance(to: start + .seconds(62))
        try await looked(at: start + .seconds(62))
        for _ in 0..<20 where world.clock.now < start + .seconds(62 + 900) {
            world.clock.advance(by: .seconds(60))
            for _ in 0..<50 { await Task.yield() }
        }
        world.clock.advance(to: start + .seconds(62 + 1000))
        while try engine.services.store.readiness(of: "trial")!.checkedAt < start + .seconds(962) {
            world.clock.advance(by: .seconds(1))
            await Task.yield()
        }
    }

    @Test func `P-11: a trigger starts a runbook when a plan is not ready any more`()
        async throws
    {
        let world = try await world()
        world.write(
            "told",
            runbook(
                "return arguments",
                parameters: #"""
                    { plan = { "string", "which" }, readiness = { "string", "how" },
                      findings = { "string", "why" } }
                    """#))
        let engine = try world.engine()
        try await ReadinessWatch(engine).look()
        var filter = RunTrigger.Filter()
        filter.runbook = "trial"
        try await engine.addTrigger(
            RunTrigger(
                name: "unready", on: .readinessChanged, filter: filter, runbook: "told",
                by: "eva", createdAt: world.clock.now))
        _ = try await TriggerWatch(engine).look()
        #expect(try engine.runs(limit: 9).isEmpty)
        world.clock.advance(by: .seconds(700))
        try await ReadinessWatch(engine).look()
        _ = try await TriggerWatch(engine).look()
        _ = try await TriggerWatch(engine).look()
        let run = try #require(try engine.runs(limit: 9).first)
        #expect(try engine.runs(limit: 9).count == 1)
        #expect(run.parameters["plan"] == "trial" && run.parameters["readiness"] == "not-ready")
        #expect(run.parameters["findings"]?.text?.contains("latest point of sql01") == true)
    }
}
