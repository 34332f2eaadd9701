// B-1: runs are suspended, resumed, stopped and aborted in every state, and nothing is lost when
// whoever leads dies between a wish and its coming true.
import Fabric
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct WishTests {
    private static func runbook(_ body: String) -> String {
        "return runbook { summary = \"A test\", run = function() \(body) end }"
    }

    /// A primitive that does not return before it is let, and counts how often it is done.
    private final class Gate: Sendable {
        private let (passing, opener) = AsyncStream<Void>.makeStream()
        private let (arrivals, teller) = AsyncStream<Void>.makeStream()
        let count = Locked(0)

        func open() { opener.finish() }

        /// Returns when somebody stands before it.
        func waitForArrival() async { for await _ in arrivals { return } }

        var primitive: Primitive {
            Primitive("test.pass", "Waits.", effect: .repeatable, example: "test.pass()") { _ in
                self.count.withLock { $0 += 1 }
                self.teller.yield()
                for await _ in self.passing {}
                return .null
            }
        }
    }

    /// A run in that state, an engine, and what lets it go on where it hangs in an act.
    private struct Scene {
        let world: World
        let engine: Orchestrator
        let run: RunID
        let gate = Gate()

        init(_ state: RunState) async throws {
            world = try await World(runbooks: [
                "trial.lua": runbook(
                    #"fabric.stop "sql01" test.pass() job.ask "Go on?" fabric.start "sql01""#)
            ])
            engine = try world.engine(adding: [gate.primitive])
            run = try await engine.start(world.request("trial"))
            gate.open()
            if state == .queued { return }
            if state == .running {
                // Its engine died in the act.
                let death = Death(at: 3)
                let dying = try world.engine(dying: death, adding: [gate.primitive])
                await #expect(throws: SimulatedDeath.self) { try await dying.pass(run) }
                try #require(try engine.run(run).state == .running)
                return
            }
            try #require(try await engine.pass(run).state == .waiting)
            if state == .suspended { try await wish(.suspend) }
            if state == .completed { try await world.finish(run, on: engine) }
        }

        @discardableResult
        func wish(_ wish: RunWish) async throws -> RunRecord {
            try await engine.wish(wish, of: run, by: World.eva, reason: "a trial")
        }
    }

    /// What a run is once somebody led it after the wish; what is missing is refused.
    private static let ends: [RunState: [RunWish: RunState]] = [
        .queued: [.suspend: .suspended, .stop: .stopped, .abort: .aborted],
        .running: [.suspend: .suspended, .stop: .stopped, .abort: .aborted],
        .waiting: [.suspend: .suspended, .stop: .stopped, .abort: .aborted],
        .suspended: [.resume: .waiting, .stop: .stopped, .abort: .aborted],
        .completed: [:],
    ]

    @Test(
        arguments: [RunState.queued, .running, .waiting, .suspended, .completed], RunWish.allCases)
    func `B-1: a wish comes true in every state, or is refused`(
        state: RunState, wish: RunWish
    ) async throws {
        let scene = try await Scene(state)
        let before = try scene.engine.run(scene.run)
        #expect(before.state == state)
        guard let end = Self.ends[state]?[wish] else {
            await #expect {
                try await scene.wish(wish)
            } throws: { ($0 as? Failure)?.code == .runTransitionRefused }
            #expect(try scene.engine.run(scene.run) == before)
            return
        }
        try await scene.wish(wish)
        // The engine that heard the wish is dead; the next one leads.
        let heir = try scene.world.engine(adding: [scene.gate.primitive])
        #expect(try await heir.pass(scene.run).state == end)
        let report = try heir.report(scene.run)
        #expect(report.decisions.contains { $0.what == "\(wish.rawValue) run \(scene.run)" })
        if end == .stopped {
            #expect(report.run.failure?.code == .runStopped)
            #expect(report.run.failure?.message == "stopped by eva: a trial")
            #expect(!scene.world.effects.writes.map(\.call).contains(.start))
            #expect(try heir.services.store.claims().isEmpty)
            #expect(report.questions.allSatisfy { $0.state != .open })
        }
        if end == .suspended {
            #expect(report.run.wishLine == "suspended by eva: a trial")
            _ = try await heir.wish(.resume, of: scene.run, by: World.eva, reason: nil)
            #expect(try heir.run(scene.run).suspension == nil)
            #expect(try await scene.world.finish(scene.run, on: heir).state == .completed)
            // Where the engine died in the stop, it was done again: twice is once.
            let calls = scene.world.effects.writes.map(\.call)
            #expect(
                calls == [.stop, .start] || state == .running && calls == [.stop, .stop, .start])
        }
    }

    @Test func `B-1: a suspended run keeps its question and its vms, and takes the answer`()
        async throws
    {
        let scene = try await Scene(.suspended)
        let (engine, store) = (scene.engine, scene.engine.services.store)
        #expect(try store.claims().map(\.vm) == ["sql01"])
        let question = try #require(try store.questions(of: scene.run).first)
        #expect(question.state == .open)
        try await engine.answer(question.id, "yes", comment: nil, by: World.eva, channel: "test")
        #expect(try await engine.pass(scene.run).state == .suspended)
        try await scene.wish(.resume)
        #expect(try await engine.pass(scene.run).state == .completed)
    }

    @Test(arguments: [RunWish.suspend, .stop])
    func `B-1: the act under way is finished and written down, and no other is begun`(
        wish: RunWish
    ) async throws {
        let world = try await World(runbooks: [
            "trial.lua": Self.runbook(#"test.pass() job.note "after" fabric.stop "sql01""#)
        ])
        let (gate, control) = (Gate(), RunControl())
        let engine = try world.engine(adding: [gate.primitive])
        let run = try await engine.start(world.request("trial"))
        async let passed = engine.pass(run, control: control)
        await gate.waitForArrival()
        let wished = try await engine.wish(wish, of: run, by: World.eva, reason: nil)
        #expect(wished.state == .running)
        control.obey(wished)
        gate.open()
        #expect(try await passed.state == (wish == .stop ? .stopped : .suspended))
        let store = engine.services.store
        #expect(try store.entries(of: run).map(\.kind) == [.intent, .result])
        #expect(world.effects.writes.isEmpty)
        #expect(gate.count.withLock { $0 } == 1)
    }

    @Test func `B-1: an act that hangs is left behind when its run is stopped`() async throws {
        let world = try await World(runbooks: ["trial.lua": Self.runbook("test.pass()")])
        let gate = Gate()
        let (notices, bell) = AsyncStream<Notice>.makeStream()
        let engine = try world.engine(adding: [gate.primitive])
        let run = try await engine.start(world.request("trial"))
        async let led = engine.lead(run, under: nil, notices: notices)
        await gate.waitForArrival()
        try await engine.wish(.stop, of: run, by: World.eva, reason: nil)
        bell.yield(Notice(.stopWished, run: run))
        let end = world.clock.now + Limits.stopGrace
        await world.clock.waitUntilAsleep(until: end)
        world.clock.advance(to: end)
        #expect(try await led.state == .stopped)
        gate.open()
        #expect(try engine.services.store.entries(of: run).map(\.kind) == [.intent])
    }

    @Test func `B-1: a suspension that is taken back in time lets the run go on`() async throws {
        let scene = try await Scene(.running)
        try await scene.wish(.suspend)
        try await scene.wish(.resume)
        #expect(try await scene.world.finish(scene.run, on: scene.engine).state == .completed)
    }

    @Test func `B-1: a plan is suspended between its acts and goes on as if it had not been`()
        async throws
    {
        let plan = """
            return plan {
              summary = "A test", source = "oslo", target = "bergen",
              before = { plan.step { "the gate", run = function() test.pass() end } },
              groups = { plan.group { "only", vms = { "sql01" } } },
            }
            """
        let world = try await World(runbooks: ["trial.lua": plan])
        let (gate, control) = (Gate(), RunControl())
        let engine = try world.engine(adding: [gate.primitive])
        let run = try await engine.start(world.request("trial", kind: .planned))
        async let passed = engine.pass(run, control: control)
        await gate.waitForArrival()
        control.obey(try await engine.wish(.suspend, of: run, by: World.eva, reason: nil))
        gate.open()
        #expect(try await passed.state == .suspended)
        #expect(world.effects.writes.isEmpty)
        let heir = try world.engine(adding: [gate.primitive])
        try await heir.wish(.resume, of: run, by: World.eva, reason: nil)
        #expect(try await world.finish(run, on: heir).state == .completed)
        #expect(gate.count.withLock { $0 } == 1)
        #expect(try heir.report(run).stages.flatMap(\.tasks).allSatisfy { $0.state == .done })
    }

    @Test func `B-1: only who may start a plan's failover may have it go on`() async throws {
        let plan = """
            return plan {
              summary = "A test", source = "oslo", target = "bergen",
              before = { plan.manual { "Go on?" } },
              groups = { plan.group { "only", vms = { "sql01" } } },
            }
            """
        let world = try await World(runbooks: ["trial.lua": plan])
        let rights = Rights(
            people: ["eva": [], "lars": []], held: ["eva": [.planned, .reverse]])
        let engine = try world.engine(rights: rights)
        let run = try await engine.start(world.request("trial", kind: .planned))
        let lars = Person(name: "lars")
        try await engine.wish(.suspend, of: run, by: lars, reason: nil)
        await #expect {
            try await engine.wish(.resume, of: run, by: lars, reason: nil)
        } throws: { ($0 as? Failure)?.code == .refused }
        try await engine.wish(.resume, of: run, by: World.eva, reason: nil)
    }

    @Test func `B-1: a cleaning up that never ends is ended by a stop`() async throws {
        let world = try await World(runbooks: [
            "trial.lua": Self.runbook(
                #"pcall(job.ask, "Go on?") while true do pcall(job.sleep, "1h") end"#)
        ])
        let engine = try world.engine()
        let run = try await engine.start(world.request("trial"))
        #expect(try await engine.pass(run).state == .waiting)
        try await engine.wish(.abort, of: run, by: World.eva, reason: nil)
        #expect(try await engine.pass(run).state == .waiting)
        #expect(try await engine.wish(.stop, of: run, by: World.eva, reason: nil).state == .stopped)
        #expect(try await engine.pass(run).state == .stopped)
    }
}
