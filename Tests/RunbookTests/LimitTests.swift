// B-9: what a runbook may use of the house, as its card says: memory, instructions, time, and how
// many at once.
import LuaRuntime
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct LimitTests {
    private func runbook(_ limits: String, _ body: String) -> String {
        """
        return runbook {
          summary = "A test",
          limits = { \(limits) },
          run = function()
            \(body)
          end,
        }
        """
    }

    private static let bounds: [(String, String, Failure.Code)] = [
        (
            #"memory = "1MiB""#, #"local t = {} for i = 1, 40 do t[i] = ("x"):rep(60000 + i) end"#,
            .luaMemory
        ),
        ("instructions = 1000000", "for _ = 1, 3e6 do end", .luaInstructions),
    ]

    @Test(arguments: bounds)
    func `B-9: a runbook keeps to its own limits, where the house would allow more`(
        limits: String, body: String, code: Failure.Code
    ) async throws {
        let world = try await World(runbooks: [
            "bound.lua": runbook(limits, body), "free.lua": runbook("", body),
        ])
        #expect(try await world.run(world.request("free")).state == .completed)
        let record = try await world.run(world.request("bound"))
        #expect(record.state == .failed)
        #expect(record.failure?.code == code)
    }

    @Test(arguments: [
        #"job.sleep "2h""#, #"pcall(job.sleep, "2h") job.sleep "1s""#, #"job.ask "Go on?""#,
    ])
    func `B-9: a run ends when its time is up, whatever it waits for`(body: String) async throws {
        let world = try await World(runbooks: ["slow.lua": runbook(#"time = "1h""#, body)])
        let engine = try world.engine()
        let run = try await engine.start(world.request("slow"))
        let waiting = try await engine.pass(run)
        #expect(waiting.state == .waiting)
        #expect(waiting.wakeAt == world.clock.now + .seconds(3600))
        world.clock.advance(by: .seconds(3599))
        #expect(try await engine.pass(run).state == .waiting)
        world.clock.advance(by: .seconds(1))
        // A script that hears of it may clean up first; then it has to end.
        let record = try await world.finish(run, on: engine)
        #expect(record.state == .failed)
        #expect(record.failure?.code == .runOutOfTime)
        #expect(try engine.services.store.questions(of: run).allSatisfy { $0.state != .open })
    }

    /// A primitive that does not return before it is let.
    private func gate() -> (Primitive, open: @Sendable () -> Void) {
        let (stream, opener) = AsyncStream<Void>.makeStream()
        let primitive = Primitive(
            "test.pass", "Waits.", effect: .repeatable, example: "test.pass()"
        ) { _ in
            for await _ in stream {}
            return .null
        }
        return (primitive, { opener.finish() })
    }

    @Test
    func `B-9: of a runbook no more run at once than its card says; the next goes on by itself`()
        async throws
    {
        let world = try await World(runbooks: [
            "alone.lua": runbook("at_once = 1", "test.pass() return 1")
        ])
        let (primitive, open) = gate()
        let (notices, bell) = AsyncStream<Notice>.makeStream()
        let plain = try world.engine(adding: [primitive])
        let engine = Orchestrator(
            services: plain.services, catalogue: plain.catalogue, library: plain.library,
            version: "test"
        ) { bell.yield($0) }
        let first = try await engine.start(world.request("alone"))
        let second = try await engine.start(world.request("alone"))
        let store = engine.services.store
        async let begun = engine.pass(first)
        while try store.entries(of: first, branch: .main).isEmpty { await Task.yield() }
        let kept = try await engine.pass(second)
        #expect(kept.state == .queued)
        #expect(kept.startedAt == nil)
        async let led = engine.lead(second, under: nil, notices: notices)
        open()
        #expect(try await begun.state == .completed)
        #expect(try await led.state == .completed)
    }

    @Test func `B-9: a run that waits for a person holds no place`() async throws {
        let world = try await World(runbooks: [
            "alone.lua": runbook("at_once = 1", #"job.ask "Go on?""#)
        ])
        let engine = try world.engine()
        let first = try await engine.start(world.request("alone"))
        #expect(try await engine.pass(first).state == .waiting)
        let second = try await engine.start(world.request("alone"))
        #expect(try await engine.pass(second).state == .waiting)
    }

    @Test func `B-9: a run that has to wait for its place can be aborted`() async throws {
        let world = try await World(runbooks: [
            "alone.lua": runbook("at_once = 1", "test.pass()")
        ])
        let (primitive, open) = gate()
        let engine = try world.engine(adding: [primitive])
        let first = try await engine.start(world.request("alone"))
        async let begun = engine.pass(first)
        while try engine.run(first).state != .running { await Task.yield() }
        let second = try await engine.start(world.request("alone"))
        try await engine.wish(.abort, of: second, by: World.eva, reason: nil)
        #expect(try await engine.pass(second).state == .aborted)
        open()
        #expect(try await begun.state == .completed)
    }

    private static let faults: [(String, String)] = [
        (#"memory = "64MiB""#, "runbook.limits.memory must be from 1 MiB to 32 MiB, but is 64 MiB"),
        (#"memory = "1KiB""#, "runbook.limits.memory must be from 1 MiB to 32 MiB, but is 1 KiB"),
        ("at_once = 0", "runbook.limits.at_once must be"),
        ("at_onse = 1", "did you mean 'at_once'?"),
        (#"time = "soon""#, "runbook.limits.time must be a duration"),
    ]

    @Test(arguments: faults)
    func `B-9: limits that make no sense are refused with the card`(
        limits: String, told: String
    ) async throws {
        let world = try await World(runbooks: ["bad.lua": runbook(limits, "")])
        let engine = try world.engine()
        await #expect {
            try await engine.start(world.request("bad"))
        } throws: { error in
            (error as? Failure)?.code == .cardInvalid && "\(error)".contains(told)
        }
    }
}
