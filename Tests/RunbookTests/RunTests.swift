// What a run promises: it keeps its text, asks when it cannot know, holds its vms, stays within its
// limits and its scope, and tells all of it in the report.
import Fabric
import LuaRuntime
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct RunTests {
    private func runbook(_ body: String, parameters: String = "{}") -> String {
        """
        return runbook {
          summary = "A test",
          parameters = \(parameters),
          run = function(arguments)
            \(body)
          end,
        }
        """
    }

    @Test func `B-3: an edited runbook does not touch an open run`() async throws {
        let world = try await World(runbooks: [
            "ask.lua": runbook(#"job.ask "Go on?" return "old text""#)
        ])
        let engine = try world.engine()
        let run = try await engine.start(world.request("ask"))
        #expect(try await engine.pass(run).state == .waiting)
        world.write("ask", runbook(#"return "new text""#))
        let record = try await world.finish(run, on: world.engine())
        #expect(record.state == .completed)
        #expect(try report(run, world).returned == "old text")
    }

    @Test func `a replay that diverges is refused, naming both sides`() async throws {
        let world = try await World(runbooks: [
            "ask.lua": runbook(#"fabric.vm "sql01" job.ask "Go on?""#)
        ])
        let engine = try world.engine()
        let run = try await engine.start(world.request("ask"))
        try await engine.pass(run)
        let other = runbook(#"fabric.vm "sql02" job.ask "Go on?""#)
        let store = engine.services.store
        try await store.commit([.sourceStored(other)])
        var record = try store.run(run)
        record.sources = record.sources.map { source in
            source.module == "@ask.lua"
                ? RunSource(module: source.module, digest: Digest(of: other)) : source
        }
        let context = RunContext(
            run: record, services: engine.services, catalogue: engine.catalogue,
            sources: try RunSources(run: record, store: store, library: engine.library),
            control: RunControl(), lease: nil, ring: { _ in })
        await #expect {
            try await RunExecution(context: context).execute()
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == .codeChanged && failure?.position?.line == 5
                && "\(error)".contains("sql01") && "\(error)".contains("sql02")
        }
    }

    @Test(arguments: [("it happened", 1), ("it did not happen", 2)])
    func `B-2: a primitive that cannot tell whether it happened asks`(
        answer: String, performed: Int
    ) async throws {
        let world = try await World(runbooks: ["burn.lua": runbook(#"test.burn() return "done""#)])
        let count = Locked(0)
        let burn = Primitive(
            "test.burn", "Burns.", effect: .unknowable, example: "test.burn()"
        ) { _ in
            count.withLock { $0 += 1 }
            return .null
        }
        // The run's start is its first commits; the last one before the end is the act's outcome.
        let probe = Death()
        let trial = try await World(runbooks: ["burn.lua": runbook(#"test.burn() return "done""#)])
        try await trial.run(trial.request("burn"), on: trial.engine(dying: probe, adding: [burn]))
        count.withLock { $0 = 0 }
        let dying = try world.engine(dying: Death(at: probe.commits - 1), adding: [burn])
        let run = try await dying.start(world.request("burn"))
        await #expect(throws: SimulatedDeath.self) { try await dying.pass(run) }
        let heir = try world.engine(adding: [burn])
        #expect(try await heir.pass(run).state == .waiting)
        let record = try await world.finish(run, on: heir) { _ in .text(answer) }
        #expect(record.state == .completed)
        #expect(count.withLock { $0 } == performed)
    }

    @Test func `P-7: two runs never hold one vm`() async throws {
        let world = try await World(runbooks: [
            "hold.lua": runbook(#"fabric.stop "sql01" job.ask "Go on?""#)
        ])
        let engine = try world.engine()
        let first = try await engine.start(world.request("hold"))
        #expect(try await engine.pass(first).state == .waiting)
        let second = try await world.run(world.request("hold"), on: engine)
        #expect(second.failure?.code == .vmClaimed)
        #expect(second.failure?.message.contains("\(first)") == true)
        #expect(try await world.finish(first, on: engine).state == .completed)
        #expect(try await world.run(world.request("hold"), on: engine).state == .completed)
    }

    @Test func `B-10: another tenant's vm is refused, and the attempt is recorded`() async throws {
        let world = try await World(runbooks: ["stop.lua": runbook(#"fabric.stop "sql01""#)])
        let record = try await world.run(world.request("stop", scope: "contoso"))
        #expect(record.state == .failed)
        #expect(record.failure?.code == .refused)
        #expect(record.failure?.position?.line == 5)
        let act = try report(record.id, world).acts.last
        #expect(act?.outcome?.kind == .failure)
        #expect(world.effects.writes.isEmpty)
    }

    @Test(arguments: [
        "while true do end", "pcall(function() while true do end end)",
        "coroutine.wrap(function() while true do end end)()",
        #"local hog = {} for i = 1, 1e9 do hog[i] = ("x"):rep(1000) .. i end"#,
        #"("a"):rep(30000):find(".-.-.-.-b")"#,
        "local function deep(n) return 1 + deep(n + 1) end deep(1)",
    ])
    func `B-9: a run out of bounds ends with a clear failure, and others go on`(
        bomb: String
    ) async throws {
        let world = try await World(runbooks: [
            "bomb.lua": runbook(bomb), "good.lua": runbook(#"fabric.vm "sql01" return 1"#),
        ])
        let engine = try world.engine()
        let bomb = try await engine.start(world.request("bomb"))
        let good = try await engine.start(world.request("good"))
        async let bombed = engine.pass(bomb)
        let fine = try await engine.pass(good)
        #expect(fine.state == .completed)
        let record = try await bombed
        #expect(record.state == .failed)
        #expect(record.failure?.code.name.hasPrefix("lua.") == true)
    }

    @Test func `M-2: a refusal aborts, and its comment is in the report`() async throws {
        let world = try await World(runbooks: ["ask.lua": runbook(#"job.ask "Go on?""#)])
        let record = try await world.run(world.request("ask")) { _ in nil }
        #expect(record.state == .aborted)
        #expect(record.failure?.code == .questionRefused)
        #expect(try report(record.id, world).text.contains("refused by eva"))
    }

    @Test(arguments: [("abort", RunState.aborted), ("continue", .completed)])
    func `M-1: silence is a refusal unless its author declared otherwise`(
        action: String, ending: RunState
    ) async throws {
        let options = #"{ deadline = "30m", on_deadline = "\#(action)" }"#
        let world = try await World(runbooks: [
            "ask.lua": runbook(#"job.ask("Go on?", \#(options))"#)
        ])
        let engine = try world.engine()
        let run = try await engine.start(world.request("ask"))
        let waiting = try await engine.pass(run)
        #expect(waiting.wakeAt == world.clock.now + .seconds(1800))
        world.clock.advance(by: .seconds(1799))
        #expect(try await engine.pass(run).state == .waiting)
        world.clock.advance(by: .seconds(1))
        #expect(try await engine.pass(run).state == ending)
    }

    @Test func `M-4: waiting for people is counted apart`() async throws {
        let world = try await World(runbooks: [
            "ask.lua": runbook(#"job.sleep "10s" job.ask "Go on?""#)
        ])
        let engine = try world.engine()
        let run = try await engine.start(world.request("ask"))
        try await engine.pass(run)
        world.clock.advance(by: .seconds(10))
        try await engine.pass(run)
        world.clock.advance(by: .seconds(300))
        try await world.finish(run, on: engine)
        let report = try report(run, world)
        #expect(report.humanTime == .seconds(300))
        #expect(report.machineTime == .seconds(10))
    }

    @Test func `an abort reaches a run that waits, and withdraws its question`() async throws {
        let world = try await World(runbooks: ["ask.lua": runbook(#"job.ask "Go on?""#)])
        let engine = try world.engine()
        let run = try await engine.start(world.request("ask"))
        try await engine.pass(run)
        try await engine.wish(.abort, of: run, by: World.eva, reason: "enough")
        let record = try await engine.pass(run)
        #expect(record.state == .aborted)
        #expect(record.failure?.message == "aborted by eva: enough")
        let store = engine.services.store
        #expect(try store.questions(of: run).map(\.state) == [.withdrawn])
    }

    @Test func `a runbook may clean up after its abort, but not outlive it`() async throws {
        let body = #"""
            local ok, err = pcall(job.ask, "Go on?")
            job.note("%s", err.code)
            fabric.start "sql01"
            error(err)
            """#
        let world = try await World(runbooks: ["ask.lua": runbook(body)])
        let engine = try world.engine()
        let run = try await engine.start(world.request("ask"))
        try await engine.pass(run)
        try await engine.wish(.abort, of: run, by: World.eva, reason: nil)
        #expect(try await engine.pass(run).state == .aborted)
        #expect(try report(run, world).notes.map(\.text) == ["run.aborted"])
        #expect(world.effects.writes.map(\.call) == [.start])
    }

    @Test func `a leader is not woken by what it rings itself`() async throws {
        let world = try await World(runbooks: ["ask.lua": runbook(#"job.ask "Go on?""#)])
        let (notices, bell) = AsyncStream<Notice>.makeStream()
        let (rung, rings) = AsyncStream<Notice>.makeStream()
        let plain = try world.engine()
        let engine = Orchestrator(
            services: plain.services, catalogue: plain.catalogue, library: plain.library,
            version: "test"
        ) { notice in
            bell.yield(notice)
            rings.yield(notice)
        }
        let run = try await engine.start(world.request("ask"))
        async let led = engine.lead(run, under: nil, notices: notices)
        var heard = rung.makeAsyncIterator()
        while try engine.run(run).state != .waiting { _ = await heard.next() }
        // Whatever it rang until now has reached it before this does.
        let question = try #require(try engine.services.store.questions(of: run).first)
        try await engine.answer(
            question.id, "yes", comment: nil, by: World.eva, channel: "test")
        #expect(try await led.state == .completed)
        rings.finish()
        var topics: [Notice.Topic] = []
        while let notice = await heard.next() { topics.append(notice.topic) }
        #expect(topics.filter { $0 == .runChanged }.count <= 2, "\(topics)")
    }

    @Test func `a runbook that swallows its abort is aborted all the same`() async throws {
        let world = try await World(runbooks: [
            "ask.lua": runbook(#"pcall(job.ask, "Go on?") return "as if nothing was""#)
        ])
        let engine = try world.engine()
        let run = try await engine.start(world.request("ask"))
        try await engine.pass(run)
        try await engine.wish(.abort, of: run, by: World.eva, reason: nil)
        #expect(try await engine.pass(run).state == .aborted)
    }

    @Test func `notes are kept once, however often the run is replayed`() async throws {
        let world = try await World(runbooks: [
            "note.lua": runbook(
                #"for i = 1, 3 do job.note("round %d", i) job.ask("Go on?", { choices = { "yes" } }) end"#
            )
        ])
        let record = try await world.run(world.request("note"))
        #expect(record.state == .completed)
        #expect(
            try report(record.id, world).notes.map(\.text) == ["round 1", "round 2", "round 3"])
    }

    private func report(_ run: RunID, _ world: World) throws -> RunReport {
        try RunReport(run, store: Store(folder: world.folder), now: world.clock.now)
    }
}
