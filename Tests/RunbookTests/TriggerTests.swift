// Triggers on a real store and a real lab: each cause starts one run, whoever leads and wherever he
// dies, and no trigger calls itself.
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct TriggerTests {
    private static let told = """
        return runbook {
          summary = "Returns what it was told.",
          parameters = {
            vm = { type = "vm", summary = "Which.", default = "none" },
            health = { type = "string", summary = "How it is.", default = "" },
            run = { type = "integer", summary = "Which run ended.", default = 0 },
          },
          run = function(arguments) return arguments end,
        }
        """
    private static let waits = """
        return runbook { summary = "Waits.", run = function() job.sleep "2h" end }
        """
    private static let fails = """
        return runbook { summary = "Fails.", run = function() error "no" end }
        """

    private static let begets = """
        return runbook { summary = "Has a child.", run = function() job.run "told" end }
        """

    func world() async throws -> World {
        try await World(runbooks: [
            "told.lua": Self.told, "waits.lua": Self.waits, "fails.lua": Self.fails,
            "begets.lua": Self.begets,
        ])
    }

    func trigger(
        _ world: World, on cause: RunTrigger.Cause, name: String = "new",
        runbook: String = "told", _ narrow: (inout RunTrigger.Filter) -> Void = { _ in }
    ) -> RunTrigger {
        var filter = RunTrigger.Filter()
        narrow(&filter)
        return RunTrigger(
            name: name, on: cause, filter: filter, runbook: runbook, by: "eva",
            createdAt: world.clock.now)
    }

    private func bring(_ name: String, to world: World, tags: [String] = []) async throws {
        try await world.fabric.define(
            VirtualMachine(
                id: MachineID(site: "oslo", name: name), host: "oslo-host1", tags: tags))
    }

    private func take(_ name: String, from world: World) async throws {
        try await world.fabric.remove(MachineID(site: "oslo", name: name))
    }

    func look(_ engine: Orchestrator) async throws {
        _ = try await TriggerWatch(engine).look()
    }

    /// Executes every run that has not ended, once.
    func pass(_ engine: Orchestrator) async throws {
        for run in try engine.services.store.runs(in: RunState.unfinished, limit: .max) {
            try await engine.pass(run.id)
        }
    }

    func runs(_ engine: Orchestrator) throws -> [RunRecord] {
        try engine.services.store.runs(limit: .max).reversed()
    }

    @Test func `B-8: a vm that appears starts a run that is told its name, once`() async throws {
        let world = try await world()
        let engine = try world.engine()
        try await engine.addTrigger(trigger(world, on: .vmAppeared))
        try await look(engine)
        #expect(try runs(engine).isEmpty, "what was there does not fire")
        try await bring("web9", to: world)
        try await look(engine)
        try await look(engine)
        let run = try #require(try runs(engine).first)
        #expect(try runs(engine).count == 1)
        #expect(run.parameters["vm"]?.text == "web9")
        #expect(run.startedBy == "eva")
        #expect(run.reason == "trigger new: vm web9, site oslo")
        try await take("web9", from: world)
        try await look(engine)
        try await bring("web9", to: world)
        try await look(engine)
        #expect(try runs(engine).count == 2, "gone and come again")
    }

    @Test func `B-8: a site that is cut off takes no machine away`() async throws {
        let world = try await world()
        let engine = try world.engine()
        try await engine.addTrigger(trigger(world, on: .vmAppeared))
        let fabric = try world.fabric
        try await bring("web9", to: world)
        try await look(engine)
        try await fabric.cut("oslo")
        try await look(engine)
        try await fabric.heal("oslo")
        try await look(engine)
        #expect(try runs(engine).map { $0.parameters["vm"]?.text } == ["web9"])
    }

    @Test func `B-8: a filter and a pause let things pass for good`() async throws {
        let world = try await world()
        let engine = try world.engine()
        try await engine.addTrigger(trigger(world, on: .vmAppeared) { $0.tag = "shop" })
        try await bring("web1", to: world)
        try await bring("web2", to: world, tags: ["shop"])
        try await look(engine)
        #expect(try runs(engine).map { $0.parameters["vm"]?.text } == ["web2"])
        try await engine.pauseTrigger("new", true, by: World.eva)
        try await bring("web3", to: world, tags: ["shop"])
        try await look(engine)
        try await engine.pauseTrigger("new", false, by: World.eva)
        try await look(engine)
        #expect(try runs(engine).count == 1)
        try await engine.removeTrigger("new", by: World.eva)
        #expect(try engine.services.store.firings(of: "new", limit: 9).count == 1)
        #expect(throws: Failure.self) { try engine.trigger("new") }
    }

    @Test func `B-8: a health that changes fires, and not by what its own run does`()
        async throws
    {
        let world = try await world()
        let engine = try world.engine()
        let replication = engine.services.replication
        try await engine.addTrigger(
            trigger(world, on: .healthChanged, runbook: "waits") { $0.health = .warning })
        try await look(engine)
        _ = try await replication.suspend("sql01")
        try await look(engine)
        try await pass(engine)
        #expect(try runs(engine).map(\.state) == [.waiting])
        // While that run goes on, what becomes of sql01 is its doing.
        for _ in 1...2 {
            _ = try await replication.resume("sql01")
            try await look(engine)
            _ = try await replication.suspend("sql01")
            try await look(engine)
        }
        #expect(try runs(engine).count == 1)
        _ = try await replication.suspend("sql02")
        try await look(engine)
        #expect(try runs(engine).count == 2)
    }

    @Test func `B-8: time alone makes a health worse, and the engine wakes for it`()
        async throws
    {
        let world = try await world()
        let engine = try world.engine()
        try await engine.addTrigger(trigger(world, on: .healthChanged) { $0.health = .warning })
        let next = try #require(try await TriggerWatch(engine).look())
        #expect(next <= world.clock.now + .seconds(3_601))
        world.clock.advance(to: next)
        try await look(engine)
        let told = Set(try runs(engine).compactMap { $0.parameters["vm"]?.text })
        #expect(told == Set(Template.machines))
    }

    @Test func `B-8: a mistake shows when the trigger is made`() async throws {
        let world = try await world()
        let engine = try world.engine()
        try await engine.addTrigger(trigger(world, on: .vmAppeared))
        func code(_ trigger: RunTrigger) async -> Failure.Code? {
            do {
                try await engine.addTrigger(trigger)
                return nil
            } catch { return (error as? Failure)?.code }
        }
        #expect(await code(trigger(world, on: .vmAppeared)) == .triggerExists)
        func other(
            _ cause: RunTrigger.Cause, _ runbook: String,
            _ narrow: (inout RunTrigger.Filter) -> Void
        ) -> RunTrigger {
            trigger(world, on: cause, name: "other", runbook: runbook, narrow)
        }
        #expect(await code(other(.vmAppeared, "tolld", { _ in })) == .sourceMissing)
        #expect(await code(other(.vmAppeared, "told", { $0.health = .critical })) == .usage)
        #expect(await code(other(.runEnded, "told", { $0.state = .waiting })) == .usage)
        #expect(await code(other(.vmAppeared, "told", { $0.site = "osol" })) == .unknownName)
        var failover = other(.webhook, "told", { _ in })
        failover.kind = .unplanned
        #expect(await code(failover) == .usage, "nothing fails over by itself")
        #expect(try engine.services.store.triggers().map(\.name) == ["new"])
    }

    @Test func `B-8: what cannot be started is refused, and the trigger goes on`() async throws {
        let world = try await world()
        let engine = try world.engine()
        try await engine.addTrigger(trigger(world, on: .vmAppeared))
        world.write("told", "return runbook { summery = 1 }")
        try await bring("web1", to: world)
        try await look(engine)
        world.write("told", Self.told)
        try await bring("web2", to: world)
        try await look(engine)
        let firings = try engine.services.store.firings(of: "new", limit: 9)
        #expect(firings.map(\.outcome) == [.started, .refused])
        #expect(firings[1].remark.contains("summary"))
    }

    @Test(arguments: [Death.Moment.before, .after])
    func `B-8: wherever the engine dies, each cause starts one run`(
        moment: Death.Moment
    ) async throws {
        for number in 1... {
            let world = try await world()
            let healthy = try world.engine()
            try await healthy.addTrigger(trigger(world, on: .vmAppeared))
            try await healthy.addTrigger(
                trigger(world, on: .runEnded, name: "after") { $0.runbook = "told" })
            for name in ["web1", "web2"] { try await bring(name, to: world) }
            let death = Death(at: number, moment)
            let dying = try world.engine(dying: death)
            for _ in 1...3 {
                try? await look(dying)
                try? await pass(dying)
            }
            for _ in 1...3 {
                try await look(healthy)
                try await pass(healthy)
            }
            let told = try runs(healthy).compactMap { $0.parameters["vm"]?.text }
            #expect(told.sorted() == ["none", "none", "web1", "web2"], "death \(number)")
            if !death.hasStruck { return }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `B-8: engines that look at once and die at random start one run for each cause`(
        seed: UInt64
    ) async throws {
        let world = try await world()
        let healthy = [try world.engine(), try world.engine()]
        try await healthy[0].addTrigger(trigger(world, on: .vmAppeared))
        var random = SeededGenerator(seed: seed)
        var present: Set<String> = []
        var expected: [String: Int] = [:]
        for _ in 1...20 {
            let name = "web\(Int.random(in: 1...3, using: &random))"
            if present.remove(name) != nil {
                try await take(name, from: world)
            } else {
                try await bring(name, to: world)
                present.insert(name)
                expected[name, default: 0] += 1
            }
            let moment = Death.Moment.allCases.randomElement(using: &random) ?? .before
            let dying = try world.engine(dying: Death(at: 1, moment))
            try? await look(dying)
            await withThrowingTaskGroup { group in
                for engine in healthy { group.addTask { try await look(engine) } }
            }
        }
        let told = try runs(healthy[0]).compactMap { $0.parameters["vm"]?.text }
        #expect(Dictionary(told.map { ($0, 1) }, uniquingKeysWith: +) == expected, "seed \(seed)")
    }
}
