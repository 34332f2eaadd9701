// P-12: whether a plan was tested as it is, and rehearsals that start by themselves and leave
// nothing behind, whatever happens to them.
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct RehearsalTests {
    private func world(_ fields: String = "") async throws -> World {
        try await World(runbooks: ["trial.lua": Self.text(fields)])
    }

    private static func text(_ fields: String = "") -> String {
        "local _ = require \"extra\"\n" + onePlan(fields, vms: #"{ "sql01", "sql02" }"#)
    }

    @discardableResult
    private func rehearsed(_ world: World, _ kind: FailoverKind = .test) async throws -> RunRecord {
        world.write("extra", "return {}")
        return try await world.run(world.request("trial", kind: kind))
    }

    private func rehearsal(_ world: World) async throws -> PlanRehearsal {
        try #require(try await world.engine().readinessNow(of: "trial").rehearsal)
    }

    @Test func `P-12: a test that succeeds verifies the plan, with its run and time`()
        async throws
    {
        let world = try await world()
        world.write("extra", "return {}")
        #expect(try await rehearsal(world).state == .never)
        let record = try await rehearsed(world)
        let found = try await rehearsal(world)
        #expect(found.state == .verified && found.changes == [], "\(found)")
        #expect(found.test == PlanRehearsal.Test(run: record.id, at: record.endedAt!))
        #expect(try world.report(record.id).rehearsal?.state == .never)
        let next = try await rehearsed(world, .planned)
        let report = try world.report(next.id)
        #expect(report.rehearsal == found)
        #expect(report.text.contains("the plan's rehearsal then: verified, last by run 1"))
        #expect(report.value["rehearsal"]?["state"] == "verified")
        #expect(report.page.text.contains("Rehearsal then"))
    }

    @Test func `P-12: a changed text, script, member or mapping makes it stale, and is named`()
        async throws
    {
        let world = try await world()
        try await rehearsed(world)
        world.write("extra", "return { 1 }")
        #expect(try await rehearsal(world).changes == ["script extra"])
        world.write("extra", "return {}")
        #expect(try await rehearsal(world).state == .verified)
        try await world.map("10.2.0.10-10.2.0.19")
        try await world.fabric.update(MachineID(site: "oslo", name: "sql02")) { machine in
            machine.nics[0].switchName = "storage"
        }
        world.write("trial", Self.text("reverse = false,"))
        let stale = try await rehearsal(world)
        #expect(stale.state == .stale)
        #expect(stale.changes == ["mapping oslo:tenant (new)", "member sql02", "plan trial"])
        world.write("trial", Self.text().replacing(#""sql02""#, with: #""wap01""#))
        #expect(
            try await rehearsal(world).changes == [
                "mapping oslo:tenant (new)", "member sql02 (gone)", "member wap01 (new)",
                "plan trial",
            ])
    }

    @Test func `P-12: a failover is no change of the plan, a lost source no change of its vms`()
        async throws
    {
        let world = try await world()
        try await rehearsed(world)
        try await rehearsed(world, .planned)
        #expect(try await rehearsal(world).state == .verified)
        try await rehearsed(world, .failback)
        #expect(try await rehearsal(world).state == .verified)
        try await world.fabric.lose("oslo")
        #expect(try await rehearsal(world).state == .verified)
    }

    @Test func `P-12: a plan is overdue without a test that succeeded in 183 days`() async throws {
        let world = try await world(
            #"preflight = { step { "late", run = function() assert(job.now() < 1772500000) end } },"#
        )
        try await rehearsed(world)
        world.clock.advance(by: .seconds(183 * 86_400 + 1))
        let failed = try await rehearsed(world)
        #expect(failed.state == .aborted)
        #expect(try await rehearsal(world).state == .overdue)
        #expect(try world.report(failed.id).rehearsal?.state == .overdue)
    }

    // MARK: Scheduled rehearsals

    private func scheduled(_ world: World, on engine: Orchestrator) async throws -> RunID {
        world.write("extra", "return {}")
        try await engine.addSchedule(
            RunSchedule(
                name: "drill", runbook: "trial", timing: .every(seconds: 3_600), kind: .test,
                missed: .runOnce, overlap: .skip, by: "eva",
                createdAt: world.clock.now))
        world.clock.advance(by: .seconds(3_601))
        _ = try await RunScheduler(engine).look()
        return try #require(try engine.services.store.runs(limit: 1).first).id
    }

    private func expectClean(_ world: World, _ comment: Comment = "") async throws {
        let roles = try await world.fabric.machines(at: nil).map(\.role)
        #expect(!roles.contains(.test), comment)
        let replication = try world.engine().services.replication
        for vm in ["sql01", "sql02"] {
            #expect(try await replication.protection(of: vm)?.test == nil, comment)
        }
        #expect(try Store(folder: world.folder).claims().isEmpty, comment)
    }

    @Test func `P-12: a scheduled rehearsal tests, cleans up and verifies`() async throws {
        let world = try await world()
        let engine = try world.engine()
        let run = try await scheduled(world, on: engine)
        try await world.finish(run, on: engine)
        #expect(try engine.run(run).state == .completed)
        try await expectClean(world)
        #expect(try await rehearsal(world).test?.run == run)
    }

    @Test func `P-12: one that fails or is aborted half way cleans up, and verifies nothing`()
        async throws
    {
        for isAborted in [false, true] {
            let world = try await world(
                isAborted
                    ? #"after = { plan.manual { "Go on?" } },"#
                    : #"after = { plan.step { "breaks", run = function() error "no" end } },"#)
            let engine = try world.engine()
            let run = try await scheduled(world, on: engine)
            if isAborted {
                #expect(try await engine.settle(run, under: nil).state == .waiting)
                try await engine.wish(.abort, of: run, by: World.eva, reason: "enough")
            }
            try await world.finish(run, on: engine)
            #expect(try engine.run(run).state == .aborted)
            try await expectClean(world)
            #expect(try await rehearsal(world).state == .never)
        }
    }

    @Test func `P-12: wherever the engine dies, a scheduled rehearsal leaves nothing behind`()
        async throws
    {
        let prepared = try await world()
        let run = try await scheduled(prepared, on: try prepared.engine())
        for moment in Death.Moment.allCases {
            for number in stride(from: 1, through: .max, by: 11) {
                let world = try World(copying: prepared)
                let death = Death(at: number, moment)
                do {
                    try await world.finish(run, on: world.engine(dying: death))
                } catch is SimulatedDeath {}
                let heir = try world.engine()
                try await world.finish(run, on: heir)
                #expect(try heir.run(run).state == .completed, "\(moment) \(number)")
                try await expectClean(world, "\(moment) \(number)")
                if !death.hasStruck { break }
            }
        }
    }
}
