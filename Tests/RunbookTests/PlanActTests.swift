// What is done with a whole plan after a failover: another point, completed, turned round.
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct PlanActTests {
    @Test func `P-5: unplanned, another point, completed, reversed, failed back, byte for byte`()
        async throws
    {
        let world = try await World.withPoints()
        let second = world.clock.now + .seconds(-1800)
        try await world.failOver()
        #expect(try await world.written(at: "bergen") == ["state 3", "state 3"])
        let changed = try await world.act(.changePoint, PointChoice(.notAfter(second)))
        #expect(changed.run.state == .completed, "\(changed.text)")
        #expect(changed.stages.map(\.id) == ["preflight", "change-point/only"])
        #expect(
            changed.calls(in: "change-point/only/sql01") == [
                "fabric.stop", "replication.failover", "fabric.start",
            ])
        #expect(try await world.written(at: "bergen") == ["state 2", "state 2"])
        #expect(try await world.states() == world.both("bergen", "failed-over-waiting-completion"))
        let completed = try await world.act(.complete)
        #expect(completed.run.state == .completed, "\(completed.text)")
        #expect(completed.text.contains("trial · completion · completed"))
        #expect(try await world.states() == world.both("bergen", "failed-over"))
        let reversed = try await world.act(.reverse)
        #expect(reversed.run.state == .completed, "\(reversed.text)")
        #expect(!reversed.acts.contains { $0.primitive.hasPrefix("fabric.st") })
        #expect(try await world.states() == world.both("bergen", "replicating"))
        let back = try await world.run(world.request("trial", kind: .failback))
        #expect(back.state == .completed)
        #expect(try await world.states() == world.both("oslo", "replicating"))
        #expect(try await world.written(at: "oslo") == ["state 2", "state 2"])
        #expect(try await world.bytes(.oslo) == world.bytes(.bergen))
    }

    @Test func `P-7: what is done already is said and left as it is`() async throws {
        let world = try await World()
        let there = try await world.plan(World.pairPlan)
        try #require(there.run.state == .completed)
        let count = world.effects.writes.count
        for (act, words) in [
            (PlanAct.Kind.complete, "sql01 has nothing to complete: it is replicating"),
            (.reverse, "sql01 is turned round already: it is replicating"),
        ] {
            let report = try await world.act(act)
            #expect(report.run.state == .completed, "\(report.text)")
            #expect(report.text.contains(words), "\(report.text)")
        }
        let changed = try await world.act(.changePoint, PointChoice(.latest))
        #expect(changed.text.contains("no other point was chosen for wap01"))
        #expect(world.effects.writes.count == count)
        let home = try await World()
        home.write("trial", World.pairPlan)
        #expect(try await home.act(.reverse).text.contains("sql01 is not at bergen"))
    }

    @Test func `P-4: a point that cannot be reached any more is named, and no vm is touched`()
        async throws
    {
        let world = try await World.withPoints()
        try await world.failOver()
        try await world.writeInGuest(of: MachineID(site: "bergen", name: "wap01"), "written")
        let refused = try await world.act(.changePoint, PointChoice(nil, named: ["wap01": 2]))
        #expect(refused.run.failure?.code == .preflightFailed)
        #expect(
            refused.run.failure?.message.contains(
                "bergen/wap01 has written to its disks since it was failed over") == true)
        #expect(try await world.states() == world.both("bergen", "failed-over-waiting-completion"))
    }

    @Test func `P-4: a vm that is half way and a site that is gone are named beforehand`()
        async throws
    {
        let world = try await World()
        let broken = onePlan(
            #"shutdown = { after = { step { "no", run = function() error "broken" end } } },"#)
        _ = try await world.plan(broken)
        let half = try await world.act(.complete)
        #expect(half.run.failure?.code == .preflightFailed)
        #expect(
            half.run.failure?.message.contains(
                "sql01 is prepared-for-failover: go on with the run that has begun its failover")
                == true)
        let lost = try await World.withPoints()
        try await lost.fabric.lose("oslo")
        try await lost.failOver()
        let refused = try await lost.act(.reverse)
        #expect(
            refused.run.failure?.message.contains("the site oslo does not answer") == true)
        #expect(try await lost.states() == lost.both("bergen", "failed-over-waiting-completion"))
    }

    @Test func `F-8: a plan over a chain is not reversed alone, since the chain would be lost`()
        async throws
    {
        let world = try await World.chained()
        world.write("trial", onePlan(""))
        try await world.failOver()
        let refused = try await world.act(.reverse)
        #expect(
            refused.run.failure?.message.contains("sql01 is replicated on to tromso") == true,
            "\(refused.text)")
        #expect(try await world.act(.complete).run.state == .completed)
    }

    @Test func `F-9: each act asks for its right, and reversing for that to complete as well`()
        async throws
    {
        let world = try await World.withPoints()
        try await world.failOver()
        for (act, right) in [
            (PlanAct.Kind.complete, FailoverRight.complete), (.reverse, .reverse),
            (.changePoint, .unplanned),
        ] {
            let held = Set(FailoverRight.allCases).subtracting([right])
            let engine = try world.engine(rights: Rights(held: ["eva": held]))
            let choice = act == .changePoint ? PointChoice(nil, named: ["sql01": 2]) : nil
            await #expect {
                try await engine.start(world.request(act, choice, on: engine))
            } throws: { error in
                (error as? Failure)?.message.contains("lacks the right '\(right.rawValue)'") == true
            }
        }
        let engine = try world.engine(rights: Rights(held: ["eva": [.reverse]]))
        let refused = try await world.act(.reverse, on: engine)
        #expect(refused.run.failure?.code == .preflightFailed)
        #expect(
            refused.run.failure?.message.contains("wap01: eva lacks the right 'complete'") == true)
        #expect(try await world.states() == world.both("bergen", "failed-over-waiting-completion"))
    }

    @Test func `P-8: an act that broke half way is gone on with, and is not undone`() async throws {
        let world = try await World.withPoints()
        try await world.failOver()
        let fault = FaultPlan([
            FaultPlan.Fault(.before, .update, of: MachineID(site: "oslo", name: "wap01"))
        ])
        let failed = try await world.act(.reverse, on: world.engine(faults: fault))
        #expect(failed.run.state == .aborted, "\(failed.text)")
        let engine = try world.engine()
        await #expect {
            try await engine.undo(failed.run.id, by: World.eva, reason: nil)
        } throws: { ($0 as? Failure)?.message.contains("reverse cannot be taken back") == true }
        let rest = try await world.goOn(from: failed.run.id)
        #expect(rest.run.state == .completed, "\(rest.text)")
        #expect(rest.run.planAct == PlanAct(.reverse))
        #expect(try await world.states() == world.both("bergen", "replicating"))
    }

    @Test func `P-7: an act of a plan of plans is one of each plan below`() async throws {
        let world = try await World(runbooks: [
            "sql.lua": onePlan(""), "wap.lua": onePlan("", vms: #"{ "wap01" }"#),
            "trial.lua": """
            return plan {
              summary = "All", source = "oslo", target = "bergen",
              groups = { plan.group { "all", plans = { "sql", "wap" } } },
            }
            """,
        ])
        try await world.failOver()
        let reversed = try await world.act(.reverse)
        #expect(reversed.run.state == .completed, "\(reversed.text)")
        #expect(reversed.children.map(\.planAct) == [PlanAct(.reverse), PlanAct(.reverse)])
        #expect(try await world.states() == world.both("bergen", "replicating"))
    }

    @Test func `Q-4: a dry run of an act tells what it would do`() async throws {
        let world = try await World.withPoints()
        try await world.failOver()
        let engine = try world.engine()
        let choice = PointChoice(nil, named: ["sql01": 2])
        for (act, words) in [
            (
                PlanAct.Kind.complete,
                ["· complete, oslo → bergen", "its other points are given up"]
            ),
            (.reverse, ["it is replicated to oslo then"]),
            (
                .changePoint,
                [
                    "bergen/sql01 is brought to point 2", "bergen/sql01 is powered on",
                    "no other point was chosen for wap01",
                ]
            ),
        ] {
            let request = try await world.request(
                act, act == .changePoint ? choice : nil, on: engine)
            let text = try await engine.dryRun(request).text
            for word in words { #expect(text.contains(word), "\(text)") }
        }
    }

    @Test(arguments: PlanAct.Kind.allCases)
    func `P-8: whenever the engine dies, an act ends as if it had not`(act: PlanAct.Kind)
        async throws
    {
        let prepared = try await World.withPoints()
        prepared.write("trial", onePlan(""))
        try await prepared.failOver()
        let choice = act == .changePoint ? PointChoice(nil, named: ["sql01": 2]) : nil
        let undisturbed = try World(copying: prepared)
        let done = try await undisturbed.act(act, choice).run
        try #require(done.state == .completed)
        let expected = try await Transcript(of: done.id, in: undisturbed)
        for moment in Death.Moment.allCases {
            var (number, hasStruck) = (1, true)
            while hasStruck {
                let world = try World(copying: prepared)
                let death = Death(at: number, moment)
                do {
                    _ = try await world.act(act, choice, on: world.engine(dying: death))
                } catch is SimulatedDeath {}
                let heir = try world.engine()
                let last = try heir.services.store.runs(limit: 1).first?.id
                let run =
                    last == done.id
                    ? done.id
                    : try await heir.start(world.request(act, choice, on: heir))
                try await world.finish(run, on: heir)
                let differences = try await Transcript(of: run, in: world)
                    .differences(from: expected)
                #expect(differences == [], "killed \(moment.rawValue) commit \(number)")
                hasStruck = death.hasStruck
                number += Example.isEveryTried ? 1 : 3
            }
            #expect(number > 8)
        }
    }
}
