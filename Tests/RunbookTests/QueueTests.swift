// B-9: one dispatcher decides who begins: by turn, within what may run at once, without starving
// anybody and without looking at ten thousand to begin one.
import Fabric
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct QueueTests {
    /// A primitive that notes who came, and whom a test lets go on.
    private final class Gate: Sendable {
        private let state = Locked<(arrived: [RunID], isOpen: Bool)>(([], false))
        private let (news, bell) = AsyncStream<Void>.makeStream()

        var arrived: [RunID] { state.withLock(\.arrived) }

        var primitive: Primitive {
            Primitive("test.pass", "Passes.", effect: .repeatable, example: "test.pass()") { call in
                self.state.withLock { $0.arrived.append(call.place.run) }
                while !self.state.withLock(\.isOpen) { await Task.yield() }
                return .null
            }
        }

        func open() { state.withLock { $0.isOpen = true } }

        func wait(for count: Int) async {
            while arrived.count < count { await Task.yield() }
        }
    }

    private func engine(
        _ world: World, _ gate: Gate, _ slots: RunSlots
    ) throws -> (Orchestrator, AsyncStream<Notice>) {
        let (notices, bell) = AsyncStream<Notice>.makeStream()
        let plain = try world.engine(adding: [gate.primitive])
        let services = plain.services
        let engine = Orchestrator(
            services: Services(
                fabric: services.fabric, replication: services.replication, store: services.store,
                clock: services.clock, rights: services.rights, slots: slots),
            catalogue: plain.catalogue, library: plain.library, version: "test"
        ) { bell.yield($0) }
        return (engine, notices)
    }

    private func leading(
        _ engine: Orchestrator, _ notices: AsyncStream<Notice>,
        _ work: () async throws -> Void
    ) async throws {
        let leader = Task { try await engine.leadAll(under: nil) { notices } }
        try await work()
        leader.cancel()
        _ = await leader.result
    }

    private func ended(_ runs: [RunID], on engine: Orchestrator) async throws {
        while try !runs.allSatisfy({ try engine.run($0).state.isFinal }) { await Task.yield() }
    }

    @Test func `B-9: high goes before normal before low, and older before newer`() async throws {
        let world = try await World(runbooks: ["pass.lua": runbook("test.pass()")])
        let gate = Gate()
        gate.open()
        let (engine, notices) = try engine(world, gate, RunSlots(inAll: 1))
        var runs: [RunID] = []
        for priority in [RunPriority.low, .normal, .high, .low, .high] {
            var request = world.request("pass")
            request.priority = priority
            runs.append(try await engine.start(request))
        }
        try await leading(engine, notices) { try await ended(runs, on: engine) }
        #expect(gate.arrived == [3, 5, 2, 1, 4].map { RunID($0) })
    }

    @Test func `B-9: a low run that has waited its hour goes first`() async throws {
        let world = try await World(runbooks: [
            "pass.lua": runbook("test.pass()"),
            "low.lua": runbook("test.pass()", more: #"priority = "low","#),
        ])
        let gate = Gate()
        gate.open()
        let (engine, notices) = try engine(world, gate, RunSlots(inAll: 1))
        var runs = [try await engine.start(world.request("low"))]
        for minutes in [30, 31] {
            world.clock.advance(by: .seconds(minutes * 60))
            var request = world.request("pass")
            request.priority = .high
            runs.append(try await engine.start(request))
        }
        try await leading(engine, notices) { try await ended(runs, on: engine) }
        #expect(gate.arrived == [2, 1, 3].map { RunID($0) })
    }

    @Test func `B-9: a tenant has his share and no more`() async throws {
        let world = try await World(runbooks: ["pass.lua": runbook("test.pass()")])
        let gate = Gate()
        let (engine, notices) = try engine(world, gate, RunSlots(inScope: 2, inAll: 4))
        var runs: [RunID] = []
        for scope in ["contoso", "contoso", "contoso", "fabrikam", nil, nil] {
            runs.append(try await engine.start(world.request("pass", scope: scope)))
        }
        try await leading(engine, notices) {
            await gate.wait(for: 4)
            #expect(Set(gate.arrived) == Set([1, 2, 4, 5].map { RunID($0) }))
            #expect(try engine.services.store.running(of: .all).count == 4)
            gate.open()
            try await ended(runs, on: engine)
        }
        #expect(gate.arrived.count == 6)
    }

    @Test func `B-9: runs that wait hold no place`() async throws {
        let world = try await World(runbooks: [
            "ask.lua": runbook(#"job.ask "Go on?" job.sleep "1h""#)
        ])
        let (engine, notices) = try engine(world, Gate(), RunSlots(inAll: 1))
        var runs: [RunID] = []
        for _ in 1...5 { runs.append(try await engine.start(world.request("ask"))) }
        try await leading(engine, notices) {
            let store = engine.services.store
            while try store.openQuestions().count < 5 { await Task.yield() }
            for question in try store.openQuestions() {
                try await engine.answer(
                    question.id, "yes", comment: nil, by: World.eva, channel: "test")
            }
            let hour = world.clock.now + .seconds(3600)
            while try store.runs(in: [.waiting]).filter({ $0.wakeAt == hour }).count < 5 {
                await Task.yield()
            }
            await world.clock.waitUntilAsleep(until: hour)
            world.clock.advance(to: hour)
            try await ended(runs, on: engine)
        }
    }

    @Test func `B-9: an answer that nobody heard is found by the next leader`() async throws {
        let world = try await World(runbooks: ["ask.lua": runbook(#"job.ask "Go on?""#)])
        let engine = try world.engine()
        let run = try await engine.start(world.request("ask"))
        #expect(try await engine.settle(run, under: nil).state == .waiting)
        let question = try #require(try engine.openQuestions(limit: 1).first)
        try await engine.answer(question.id, "yes", comment: nil, by: World.eva, channel: "test")
        #expect(try await world.engine().settle(run, under: nil).state == .completed)
    }

    @Test func `B-9: ten thousand that cannot begin do not keep back one that can`() async throws {
        let world = try await World(runbooks: [:])
        let store = try world.engine().services.store
        let limits = RunLimits(atOnce: 1)
        let changes = (1...10_001).map { number -> Change in
            var record = RunRecord(
                id: RunID(Int64(number)), kind: .runbook,
                name: number == 10_001 ? "other" : "crowd", file: "crowd.lua", startedBy: "eva",
                createdAt: world.clock.now + .microseconds(number), runtimeVersion: "test",
                randomSeed: 1)
            record.limits = limits
            return .runInserted(record)
        }
        try await store.commit(changes)
        let later = world.clock.now + .seconds(1)
        let slots = RunSlots.house
        let first = try store.queue(of: .all, at: later, within: slots).beginning(within: slots)
        #expect(first.map(\.id) == [RunID(1), RunID(10_001)] || first.map(\.id) == [RunID(1)])
        try await store.commit([.runChanged(RunID(1), .started, at: later)])
        let second = try store.queue(of: .all, at: later, within: slots)
        #expect(second.beginning(within: slots).map(\.id) == [RunID(10_001)])
        #expect(second.waiting.count == 1)
    }
}
