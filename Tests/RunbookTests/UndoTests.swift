// Undoing an aborted run: the steps' own functions, the last first, once each, whoever dies.
import Fabric
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct UndoTests {
    private static let steps = plan(of: #"{ "sql01", "wap01" }"#)

    private static func plan(of vms: String) -> String {
        onePlan(
            #"""
            before = {
              step { "first", run = function() job.note "first" end, undo = function(context)
                job.note("undo %s, which was %s", context.step, context.outcome)
              end },
              step { "not to be undone", run = function() job.note "second" end },
            },
            shutdown = { after = {
              step { "half way", run = function() job.note "third" error "broken" end,
                undo = function(context)
                  job.note("undo %s, which was %s", context.step, context.outcome)
                end },
              step { "never begun", run = function() end, undo = function() error "no" end },
            } },
            """#, vms: vms)
    }

    @Test func `P-10: steps are undone in reverse order, and shut down vms run again`()
        async throws
    {
        let world = try await World()
        let failed = try await world.plan(Self.steps)
        #expect(failed.run.state == .aborted)
        #expect(failed.stand.map { $0["power"] } == ["off", "off"])
        let undone = try await world.undo(failed.run.id)
        #expect(undone.run.state == .completed, "\(undone.text)")
        #expect(
            undone.notes.map(\.text) == [
                "undo half way, which was failed", "undo first, which was done",
            ])
        let tasks = undone.stages.flatMap(\.tasks).map(\.id)
        #expect(tasks.first == "undo/shutdown/after/1")
        #expect(tasks.last == "undo/before/1")
        #expect(
            Set(tasks.dropFirst().dropLast()) == [
                "undo/shutdown/only/sql01", "undo/shutdown/only/wap01",
            ])
        #expect(undone.stand.map { $0["power"] } == ["running", "running"])
        #expect(undone.stand.map { $0["site"] } == ["oslo", "oslo"])
        #expect(undone.stand.map { $0["state"] } == ["replicating", "replicating"])
    }

    @Test func `P-10: who undid it and why stands in both reports`() async throws {
        let world = try await World()
        let failed = try await world.plan(Self.steps)
        let undone = try await world.undo(failed.run.id)
        #expect(undone.text.contains("undoes run \(failed.run.id)"))
        let former = try world.report(failed.run.id)
        #expect(former.text.contains("is followed by run \(undone.run.id)"))
        let decision = former.decisions.last
        #expect(decision?.what == "undo run \(failed.run.id), as run \(undone.run.id)")
        #expect(decision?.reason == "the wrong night")
        #expect(decision?.who == "eva")
    }

    @Test func `P-10: what was failed over stays, and what was off is not started`() async throws {
        let world = try await World()
        let oslo = MachineID(site: "oslo", name: "wap01")
        try await world.fabric.stop(oslo)
        let text = onePlan(
            #"after = { step { "it breaks", run = function() error "broken" end } },"#,
            vms: #"{ "sql01" }"#)
        let failed = try await world.plan(text)
        let undone = try await world.undo(failed.run.id)
        #expect(undone.run.state == .completed, "\(undone.text)")
        #expect(undone.task("undo/shutdown/only/sql01")?.state == .skipped)
        #expect(undone.stand.map { $0["site"] } == ["bergen"])
        let shutDown = onePlan(
            #"shutdown = { after = { step { "no", run = function() error "broken" end } } },"#,
            vms: #"{ "wap01" }"#)
        let off = try await world.undo(try await world.plan(shutDown).run.id)
        #expect(off.task("undo/shutdown/only/wap01")?.remark == "wap01 was off when the run began")
        #expect(try await world.fabric.machine(oslo).power == .off)
    }

    @Test func `P-10: an undo that failed goes on from there, and nothing is undone twice`()
        async throws
    {
        let world = try await World()
        let text = onePlan(
            #"""
            before = {
              step { "first", run = function() end, undo = function() job.note "first" end },
              step { "second", run = function() end, undo = function()
                if fabric.vm("wap02").power == "running" then error "not while wap02 runs" end
                job.note "second"
              end },
              step { "third", run = function() error "broken" end,
                undo = function() job.note "third" end },
            },
            """#)
        let failed = try await world.plan(text)
        let stuck = try await world.undo(failed.run.id)
        #expect(stuck.run.state == .aborted)
        #expect(stuck.notes.map(\.text) == ["third"])
        try await world.fabric.stop(MachineID(site: "oslo", name: "wap02"))
        let rest = try await world.goOn(from: stuck.run.id)
        #expect(rest.run.state == .completed, "\(rest.text)")
        #expect(rest.notes.map(\.text) == ["second", "first"])
        #expect(rest.stages.map(\.id) == ["undo"])
    }

    @Test func `P-10: whenever the engine dies while it undoes, all is undone as if it had not`()
        async throws
    {
        let prepared = try await World()
        let failed = try await prepared.plan(Self.plan(of: #"{ "sql01" }"#)).run.id
        let undisturbed = try World(copying: prepared)
        let expected = try await undisturbed.undo(failed)
        let machines = try await Transcript(of: expected.run.id, in: undisturbed).machines
        for moment in Death.Moment.allCases {
            var number = 1
            let check: (World, RunID) async throws -> Void = { world, run in
                let report = try world.report(run)
                let told = "killed \(moment.rawValue) commit \(number)"
                #expect(report.run.state == .completed, "\(told)")
                #expect(report.notes.map(\.text) == expected.notes.map(\.text), "\(told)")
                #expect(try await Transcript(of: run, in: world).machines == machines, "\(told)")
            }
            while try await isKilled(at: number, moment, in: prepared, failed, check) {
                number += 1
            }
            #expect(number > 10)
        }
    }

    private func isKilled(
        at number: Int, _ moment: Death.Moment, in prepared: World, _ failed: RunID,
        _ check: (World, RunID) async throws -> Void
    ) async throws -> Bool {
        let world = try World(copying: prepared)
        let death = Death(at: number, moment)
        do {
            let dying = try world.engine(dying: death)
            let run = try await dying.undo(failed, by: World.eva, reason: "the wrong night")
            try await world.finish(run, on: dying)
        } catch is SimulatedDeath {}
        let heir = try world.engine()
        let begun = try heir.services.store.successor(of: failed)
        let run: RunID
        if let begun {
            run = begun
        } else {
            run = try await heir.undo(failed, by: World.eva, reason: "the wrong night")
        }
        try await world.finish(run, on: heir)
        try await check(world, run)
        return death.hasStruck
    }
}
