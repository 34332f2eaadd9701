// A run again, call by call: with the lines that made the calls and the variables they were made
// with, whatever became of the run, and without touching anything.
import Fabric
import LuaRuntime
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct ReplayTests {
    private static let text = """
        local label = "outside"
        local password = "s3cret"
        return runbook {
          summary = "A test",
          run = function()
            local vm = fabric.vm "sql01"
            for _, name in ipairs { "sql01", "sql02" } do
              local other = fabric.vm(name)
              job.note("%s %s", label, other.name)
            end
            fabric.stop(vm)
            job.ask "Go on?"
            fabric.start(vm)
            return #password > 0
          end,
        }
        """

    private func waiting() async throws -> (World, Orchestrator, RunID) {
        let world = try await World(runbooks: ["trial.lua": Self.text])
        let engine = try world.engine()
        let run = try await engine.start(world.request("trial"))
        #expect(try await engine.pass(run).state == .waiting)
        return (world, engine, run)
    }

    @Test func `each call is shown with its line and what came of it`() async throws {
        let (world, engine, run) = try await waiting()
        let replay = try await engine.replay(run)
        #expect(
            replay.steps.map(\.act.primitive) == [
                "fabric.vm", "fabric.vm", "fabric.vm", "fabric.stop", "job.ask",
            ])
        #expect(replay.steps.map { $0.position?.line } == [6, 8, 8, 11, 12])
        #expect(replay.steps.map(\.number) == [1, 2, 3, 4, 5])
        #expect(replay.steps.last?.outcome == "… outcome not written")
        #expect(replay.frames.isEmpty)
        try await world.finish(run, on: engine)
        let ended = try await engine.replay(run)
        #expect(ended.steps.map { $0.position?.line } == [6, 8, 8, 11, 12, 13])
        #expect(ended.steps[4].outcome == #"✔ "yes""#)
    }

    @Test func `the variables are those of the step, and secrets are not shown`() async throws {
        let (_, engine, run) = try await waiting()
        let replay = try await engine.replay(run, to: 3)
        #expect(replay.steps.count == 3)
        let frame = try #require(replay.frames.first)
        #expect(frame.position.line == 8)
        let variables = Dictionary(
            frame.variables.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
        #expect(variables["name"] == #""sql02""#)
        #expect(variables["label"] == #""outside""#)
        #expect(variables["vm"]?.contains(#"name = "sql01""#) == true)
        #expect(variables["password"] == "(hidden)")
        #expect(!replay.value.canonicalJSON.contains("s3cret"))
        let again = try await engine.replay(run, to: 3)
        #expect(again.value == replay.value)
    }

    @Test func `a replay performs and writes nothing`() async throws {
        let (world, engine, run) = try await waiting()
        let writes = world.effects.writes.count
        let store = engine.services.store
        let before = (
            try store.run(run), try store.entries(of: run), try store.lines(of: run, limit: 9)
        )
        _ = try await engine.replay(run, to: 2)
        #expect(world.effects.writes.count == writes)
        #expect(try store.run(run) == before.0)
        #expect(try store.entries(of: run) == before.1)
        #expect(try store.lines(of: run, limit: 9) == before.2)
    }

    @Test func `a call that was not made has no variables`() async throws {
        let (_, engine, run) = try await waiting()
        await #expect {
            try await engine.replay(run, to: 6)
        } throws: { ($0 as? Failure)?.code == .unknownName && "\($0)".contains("made 5 calls") }
    }

    @Test func `a run that failed or was not begun is shown too`() async throws {
        let world = try await World(runbooks: [
            "trial.lua":
                #"return runbook { summary = "x", run = function() fabric.vm "sql99" end }"#
        ])
        let engine = try world.engine()
        let run = try await engine.start(world.request("trial"))
        #expect(try await engine.replay(run).steps.isEmpty)
        #expect(try await world.finish(run, on: engine).state == .failed)
        let step = try #require(try await engine.replay(run).steps.first)
        #expect(step.outcome.hasPrefix("✘ name.unknown: "))
        #expect(step.position?.line == 1)
    }

    @Test func `a plan is gone through in all its branches, aborted or not`() async throws {
        let plan = """
            return plan {
              summary = "A test", source = "oslo", target = "bergen",
              before = { plan.step { "look", run = function(context)
                local first = context.vms[1]
                fabric.vm(first)
              end } },
              groups = { plan.group { "only", vms = { "sql01", "sql02" } } },
              after = { plan.manual { "All well?" } },
            }
            """
        for kind in [FailoverKind.planned, .test] {
            let world = try await World(runbooks: ["trial.lua": plan])
            let engine = try world.engine()
            let run = try await engine.start(world.request("trial", kind: kind))
            #expect(try await engine.pass(run).state == .waiting)
            try await engine.wish(.abort, of: run, by: World.eva, reason: nil)
            #expect(try await engine.pass(run).state == .aborted)
            let replay = try await engine.replay(run)
            let report = try engine.report(run)
            #expect(replay.steps.count == report.acts.count)
            let look = try #require(replay.steps.first { $0.act.place.branch.path == "before/1" })
            #expect(look.position?.line == 5)
            let frames = try await engine.replay(run, to: look.number).frames
            #expect(frames.first?.variables.contains { $0.name == "first" } == true)
        }
    }

    @Test func `B-3: today's text is held against what a run has done, ended or not`()
        async throws
    {
        let (world, engine, run) = try await waiting()
        try await world.finish(run, on: engine)
        #expect(try await engine.check("trial", against: run) == 6)
        world.write("trial", Self.text.replacing("\"sql02\"", with: "\"wap01\""))
        await #expect {
            try await engine.check("trial", against: run)
        } throws: { error in
            (error as? Failure)?.code == .patchRefused && "\(error)".contains("wap01")
                && (error as? Failure)?.position?.line == 8
        }
        world.write("other", Self.text.replacing("fabric.stop(vm)", with: "do return end"))
        await #expect {
            try await engine.check("other", against: run)
        } throws: { "\($0)".contains("holds fabric.stop") }
    }
}
