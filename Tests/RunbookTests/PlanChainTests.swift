// P-13: a plan over a chain of three sites goes there and comes home unattended, as F-8 wants it:
// away the middle is replicated on to the end; on the way home the chain is broken, and made again
// on what its end has kept.
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct PlanChainTests {
    /// sql01 goes on to Tromsø, sql02 does not.
    private static let text = onePlan("", vms: #"{ "sql01", "sql02" }"#)
    private static let far = MachineID(site: "tromso", name: "sql01")

    private func world() async throws -> World {
        let world = try await World.chained()
        world.write("trial", Self.text)
        return world
    }

    private func run(
        _ world: World, _ kind: FailoverKind, on engine: Orchestrator? = nil,
        reason: String? = nil
    ) async throws -> RunReport {
        let record = try await world.run(
            world.request("trial", kind: kind, reason: reason), on: engine)
        return try world.report(record.id)
    }

    private func states(_ world: World) async throws -> [String] {
        let replication = try world.engine().services.replication
        var states: [String] = []
        for key in ["sql01", "sql02", World.chain] {
            let protection = try await replication.protection(of: key)
            states.append(
                protection.map { "\($0.primary.site) \($0.state.rawValue)" } ?? "none")
        }
        return states
    }

    private func expectHome(_ world: World, _ comment: Comment = "") async throws {
        #expect(
            try await states(world) == [
                "oslo replicating", "oslo replicating", "bergen replicating",
            ], comment)
        let replication = try world.engine().services.replication
        #expect(try await replication.orphans() == [], comment)
        let home = try await world.fabric.machine(.oslo)
        #expect(home.power == .running, comment)
        let content = try await world.bytes(.oslo)
        #expect(try await world.bytes(.bergen) == content, comment)
        #expect(try await world.bytes(Self.far) == content, comment)
    }

    @Test func `P-13: there, the middle is replicated on to the end and not back`() async throws {
        let world = try await world()
        #expect(try await world.engine().readinessNow(of: "trial").isReady)
        let there = try await run(world, .planned)
        #expect(there.run.state == .completed, "\(there.text)")
        #expect(there.questions.isEmpty)
        #expect(
            try await states(world) == [
                "oslo failed-over-waiting-completion", "bergen replicating",
                "bergen waiting-for-resync",
            ])
        let replication = try world.engine().services.replication
        try await world.writeInGuest(of: .bergen)
        _ = try await replication.sync(World.chain)
        #expect(try await world.bytes(Self.far) == world.bytes(.bergen))
    }

    @Test func `P-13: home again, the chain is broken, and made again on what its end has kept`()
        async throws
    {
        let world = try await world()
        _ = try await run(world, .planned)
        try await world.writeInGuest(of: .bergen)
        let ready = try await world.engine().readinessNow(of: "trial")
        #expect(ready.kind == .failback && ready.isReady, "\(ready.findings)")
        let back = try await run(world, .failback)
        #expect(back.run.state == .completed, "\(back.text)")
        #expect(back.questions.isEmpty)
        #expect(back.stages.first { $0.id == "turn-round" }?.tasks.count == 1)
        #expect(
            back.calls(in: "turn-round/sql01").filter { $0 != "plan.freeze" } == [
                "replication.remove", "replication.complete", "replication.reverse",
            ])
        #expect(
            back.calls(in: "chains/sql01").filter { $0 != "plan.freeze" } == [
                "replication.extend", "replication.first_copy",
            ])
        try await expectHome(world)
        let terms = try await world.engine().services.replication.protection(of: World.chain)
        #expect(terms?.interval == .fiveMinutes && terms?.replica == Self.far)
        // And once more, from where it ended.
        #expect(try await run(world, .planned).run.state == .completed)
        #expect(try await run(world, .failback).run.state == .completed)
        try await expectHome(world)
    }

    @Test func `P-13: after a lost site too, what was written away comes home`() async throws {
        let world = try await world()
        try await world.fabric.lose("oslo")
        let there = try await run(world, .unplanned, reason: "the site is lost")
        #expect(there.run.state == .completed, "\(there.text)")
        try await world.writeInGuest(of: .bergen)
        try await world.fabric.heal("oslo")
        let replication = try world.engine().services.replication
        _ = try await replication.complete("sql02")
        _ = try await replication.reverse("sql02")
        _ = try await replication.resync("sql02")
        let back = try await run(world, .failback)
        #expect(back.run.state == .completed, "\(back.text)")
        #expect(back.calls(in: "turn-round/sql01").contains("replication.resync"))
        try await expectHome(world)
    }

    @Test func `P-13: a chain that somebody had suspended stays so, and a test leaves it alone`()
        async throws
    {
        let world = try await world()
        let drill = try await run(world, .test)
        #expect(drill.run.state == .completed, "\(drill.text)")
        #expect(try await states(world)[2] == "bergen replicating")
        _ = try await world.engine().services.replication.suspend(World.chain)
        _ = try await run(world, .planned)
        #expect(try await states(world)[2] == "bergen resync-suspended")
        #expect(try await run(world, .failback).run.state == .completed)
        try await expectHome(world)
    }

    @Test func `P-13: wherever the engine dies on the way home, the chain stands again`()
        async throws
    {
        let prepared = try await world()
        _ = try await run(prepared, .planned)
        try await prepared.writeInGuest(of: .bergen)
        for moment in Death.Moment.allCases {
            for number in stride(from: 2, through: .max, by: 17) {
                let world = try World(copying: prepared)
                let death = Death(at: number, moment)
                do {
                    _ = try await run(world, .failback, on: world.engine(dying: death))
                } catch is SimulatedDeath {}
                let heir = try world.engine()
                if try heir.runs(limit: 9).count == 1 {
                    _ = try await heir.start(world.request("trial", kind: .failback))
                }
                try await world.finish(RunID(2), on: heir)
                let report = try world.report(RunID(2))
                #expect(report.run.state == .completed, "\(moment) \(number) \(report.text)")
                try await expectHome(world, "\(moment) \(number)")
                if !death.hasStruck { break }
            }
        }
    }
}
