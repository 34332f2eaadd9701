// B-3: an unfinished run takes another text if that asks for what was done already, and no other.
import Fabric
import LuaRuntime
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct PatchTests {
    private static func runbook(_ body: String, fields: String = "") -> String {
        """
        return runbook {
          summary = "A test", \(fields)
          run = function(arguments)
            \(body)
          end,
        }
        """
    }

    private static let old = runbook(#"fabric.vm "sql01" job.ask "Go on?" return "old""#)

    /// A run that waits, and whose file has been edited since.
    private func waiting(
        _ text: String = old, edited: String, kind: FailoverKind? = nil
    ) async throws -> (RunID, Orchestrator, World) {
        let world = try await World(runbooks: ["trial.lua": text])
        let engine = try world.engine()
        let run = try await engine.start(world.request("trial", kind: kind))
        #expect(try await engine.pass(run).state == .waiting)
        world.write("trial", edited)
        return (run, engine, world)
    }

    private func returned(_ run: RunID, _ engine: Orchestrator) throws -> Value? {
        try engine.report(run).returned
    }

    @Test func `B-3: a run goes on with the new text when what was executed is unchanged`()
        async throws
    {
        let (run, engine, world) = try await waiting(
            edited: Self.runbook(#"fabric.vm "sql01" job.ask "Go on?" return "new""#))
        let patch = try await engine.patch(
            run, by: World.eva, reason: "it returned the wrong thing")
        #expect(patch.before != patch.after)
        world.write("trial", Self.runbook("this is not even Lua"))
        #expect(try await world.finish(run, on: world.engine()).state == .completed)
        #expect(try returned(run, engine) == "new")
        let decision = try #require(try engine.report(run).decisions.last)
        #expect(decision.who == "eva")
        #expect(decision.reason == "it returned the wrong thing")
        #expect(decision.what.hasPrefix("patch run \(run): @trial.lua from "))
    }

    private static let refused: [(String, String)] = [
        (
            runbook(#"fabric.vm "sql02" job.ask "Go on?""#),
            #"the journal holds fabric.vm("sql01"), but the script now asks for fabric.vm("sql02")"#
        ),
        (runbook(#"job.ask "Go on?""#), "asks for job.ask"),
        (runbook("return 1"), "holds fabric.vm"),
        (runbook(#"fabric.vm "sql01" return 1"#), "holds job.ask"),
    ]

    @Test(arguments: refused)
    func `B-3: a text that parts from what was done is refused, naming the first step`(
        edited: String, told: String
    ) async throws {
        let (run, engine, world) = try await waiting(edited: edited)
        await #expect {
            try await engine.patch(run, by: World.eva, reason: nil)
        } throws: { error in
            (error as? Failure)?.code == .patchRefused && "\(error)".contains(told)
        }
        #expect(try await world.finish(run, on: engine).state == .completed)
        #expect(try returned(run, engine) == "old")
        #expect(try engine.report(run).decisions.count == 1)
    }

    @Test func `B-3: trying a text performs nothing and writes nothing`() async throws {
        let (run, engine, world) = try await waiting(
            edited: Self.runbook(
                #"fabric.vm "sql01" job.ask "Go on?" job.note "x" fabric.stop "sql01""#))
        let store = engine.services.store
        let before = try store.entries(of: run, branch: .main)
        try await engine.patch(run, by: World.eva, reason: nil)
        #expect(try store.entries(of: run, branch: .main) == before)
        #expect(try store.notes(of: run, after: 0, limit: .max).isEmpty)
        #expect(world.effects.writes.isEmpty)
    }

    private static func plan(_ before: String, after: String, vms: String = #""sql01""#) -> String {
        """
        return plan {
          summary = "A test", source = "oslo", target = "bergen",
          before = { \(before) },
          groups = { plan.group { "only", vms = { \(vms) } } },
          after = { \(after) },
        }
        """
    }

    private static let asking = #"plan.manual { "Go on?" }"#
    private static let broken = #"plan.step { "last", run = function() error "broken" end }"#
    private static let mended = #"plan.step { "last", run = function() job.note "mended" end }"#

    @Test func `B-3: a plan's later steps may be changed while it waits`() async throws {
        let (run, engine, world) = try await waiting(
            Self.plan(Self.asking, after: Self.broken),
            edited: Self.plan(Self.asking, after: Self.mended), kind: .planned)
        try await engine.patch(run, by: World.eva, reason: nil)
        #expect(try await world.finish(run, on: engine).state == .completed)
        #expect(try engine.report(run).notes.map(\.text) == ["mended"])
    }

    @Test(arguments: [
        plan(
            #"plan.step { "first", run = function() fabric.vm "sql01" end }, "# + asking, after: ""),
        plan(asking, after: mended, vms: #""sql01", "sql02""#),
        #"fabric.vm "sql01" "# + plan(asking, after: mended),
    ])
    func `B-3: a plan's executed part may not be changed`(edited: String) async throws {
        let (run, engine, world) = try await waiting(
            Self.plan(Self.asking, after: Self.mended), edited: edited, kind: .planned)
        await #expect {
            try await engine.patch(run, by: World.eva, reason: nil)
        } throws: { error in
            (error as? Failure)?.code == .patchRefused
        }
        #expect(try await world.finish(run, on: engine).state == .completed)
    }

    @Test func `a run that has ended, or another kind of thing, is not patched`() async throws {
        let (run, engine, world) = try await waiting(
            edited: Self.plan(Self.asking, after: Self.mended))
        await #expect {
            try await engine.patch(run, by: World.eva, reason: nil)
        } throws: { error in
            "\(error)".contains("run \(run) is of a runbook")
        }
        world.write(
            "trial",
            Self.runbook("", fields: #"parameters = { x = { "string", "x", default = "1" } },"#))
        await #expect {
            try await engine.patch(run, by: World.eva, reason: nil)
        } throws: { error in
            "\(error)".contains("takes other parameters")
        }
        world.write("trial", Self.old)
        try await world.finish(run, on: engine)
        await #expect {
            try await engine.patch(run, by: World.eva, reason: nil)
        } throws: { error in
            (error as? Failure)?.code == .runTransitionRefused
        }
    }

    @Test func `a run that was not begun takes any text`() async throws {
        let world = try await World(runbooks: ["trial.lua": Self.old])
        let engine = try world.engine()
        let run = try await engine.start(world.request("trial"))
        world.write("trial", Self.runbook(#"return "another""#))
        try await engine.patch(run, by: World.eva, reason: nil)
        try await world.finish(run, on: engine)
        #expect(try returned(run, engine) == "another")
    }
}
