// The way home of a whole plan, from wherever a failover has left it, by one run of the plan.
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct WayHomeTests {
    private static let text = onePlan("", vms: #"{ "sql01", "wap01" }"#)

    private func states(_ world: World) async throws -> [String] {
        let replication = try world.engine().services.replication
        var words: [String] = []
        for vm in ["sql01", "wap01"] {
            let protection = try #require(try await replication.protection(of: vm))
            let machine = try await world.fabric.machine(protection.production)
            words.append("\(machine.id) \(machine.power.rawValue) \(protection.state.rawValue)")
        }
        return words
    }

    private static let home = ["oslo/sql01 running replicating", "oslo/wap01 running replicating"]

    @Test func `P-5: after a lost site one failback turns replication round and brings all home`()
        async throws
    {
        let world = try await World()
        try await world.fabric.lose("oslo")
        let there = try await world.plan(Self.text, .unplanned, reason: "the site is lost")
        #expect(there.run.state == .completed, "\(there.text)")
        try await world.writeInGuest(of: .bergen)
        try await world.fabric.heal("oslo")
        let back = try await world.plan(Self.text, .failback)
        #expect(back.run.state == .completed, "\(back.text)")
        #expect(back.questions.isEmpty)
        #expect(
            back.stages.map(\.id) == [
                "preflight", "turn-round", "shutdown/only", "groups/only",
            ])
        #expect(
            back.calls(in: "turn-round/wap01").filter { $0 != "plan.freeze" } == [
                "replication.complete", "replication.reverse", "replication.resync",
            ])
        #expect(try await states(world) == Self.home)
        #expect(try await world.bytes(.oslo) == world.bytes(.bergen))
        let bytes = try await world.bytes(.oslo)
        #expect(bytes.range(of: Data("written away from home".utf8)) != nil)
    }

    @Test func `P-5: whoever dies on the way home, all come home`() async throws {
        let prepared = try await World()
        _ = try await prepared.plan(Self.text, .unplanned, reason: "a drill")
        for moment in Death.Moment.allCases {
            var number = 1
            var hasStruck = true
            while hasStruck {
                let world = try World(copying: prepared)
                let death = Death(at: number, moment)
                do {
                    _ = try await world.plan(Self.text, .failback, on: world.engine(dying: death))
                } catch is SimulatedDeath {}
                let heir = try world.engine()
                for run in try heir.services.store.runs(limit: 9) where !run.state.isFinal {
                    try await world.finish(run.id, on: heir)
                }
                if try await states(world) != Self.home {
                    let back = try await world.plan(Self.text, .failback)
                    #expect(back.run.state == .completed, "\(back.text)")
                }
                let told = "killed \(moment.rawValue) commit \(number)"
                #expect(try await states(world) == Self.home, "\(told)")
                hasStruck = death.hasStruck
                number += 7
            }
            #expect(number > 30)
        }
    }

    @Test func `P-4: what is held off at home is named, not left out and off`() async throws {
        let world = try await World()
        let text = onePlan(
            #"shutdown = { after = { step { "no", run = function() error "broken" end } } },"#)
        let failed = try await world.plan(text)
        #expect(failed.run.state == .aborted)
        let back = try await world.plan(text, .failback)
        #expect(back.run.failure?.code == .preflightFailed)
        #expect(
            back.run.failure?.message.contains(
                "sql01 is at oslo and held off for a failover to bergen: go on with that run or "
                    + "undo it, or muster failover cancel sql01") == true)
        #expect(try await world.undo(failed.run.id).run.state == .completed)
    }

    @Test func `P-12: a test of what is away already is refused before anything is made`()
        async throws
    {
        let world = try await World()
        _ = try await world.plan(Self.text)
        let drill = try await world.plan(Self.text, .test)
        #expect(drill.run.failure?.code == .preflightFailed)
        #expect(
            drill.run.failure?.message.contains(
                "sql01 is at bergen already, so it cannot be tested there") == true)
        #expect(drill.stages.last?.tasks.allSatisfy { $0.state != .failed } == true)
    }

    @Test func `P-4: a vm whose last cycle failed is not shut down, and the remedy is told`()
        async throws
    {
        let world = try await World()
        let fault = FaultPlan([FaultPlan.Fault(.before, .changeSource, of: .oslo)])
        let replication = try world.engine(faults: fault).services.replication
        _ = try? await replication.sync("sql01")
        let refused = try await world.plan(Self.text)
        #expect(refused.run.failure?.code == .preflightFailed)
        #expect(
            refused.run.failure?.message.contains("sync it first: muster sync sql01") == true)
        #expect(try await world.fabric.machine(.oslo).power == .running)
        _ = try await world.engine().services.replication.sync("sql01")
        #expect(try await world.plan(Self.text).run.state == .completed)
    }

    @Test func `P-8: a failover that broke half way is gone on with, by that run or a new one`()
        async throws
    {
        for isNew in [false, true] {
            let world = try await World()
            let fault = FaultPlan([FaultPlan.Fault(.after, .update, of: .bergen, occurrence: 1)])
            let failed = try await world.plan(Self.text, on: world.engine(faults: fault))
            #expect(failed.run.state == .aborted, "\(failed.text)")
            let rest =
                isNew
                ? try await world.plan(Self.text) : try await world.goOn(from: failed.run.id)
            #expect(rest.run.state == .completed, "\(rest.text)")
            #expect(try await states(world).allSatisfy { $0.hasPrefix("bergen/") })
        }
    }
}
