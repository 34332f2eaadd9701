// Rights are separate per kind, and a refused right leaves no effect (F-9).
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct RightsTests {
    private func rights(_ held: FailoverRight...) -> Rights {
        Rights(people: ["eva": ["fabric-admin"]], held: ["fabric-admin": Set(held)])
    }

    @Test(arguments: [
        (FailoverKind.test, FailoverRight.test), (.planned, .planned), (.unplanned, .unplanned),
        (.failback, .planned),
    ])
    func `F-9: a plan is not begun without the right of its kind, and nothing is written`(
        kind: FailoverKind, right: FailoverRight
    ) async throws {
        let world = try await World()
        let all = Set(FailoverRight.allCases).subtracting([right])
        let engine = try world.engine(
            rights: Rights(people: [:], held: ["eva": all, "fabric-admin": [right]]))
        await #expect {
            try await engine.start(
                world.request("management-stamp", kind: kind, reason: "a drill"))
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == .refused
                && failure?.message.contains("'\(right.rawValue)'") == true
        }
        #expect(world.effects.writes.isEmpty)
        #expect(try engine.services.store.runs(limit: 1).isEmpty)
    }

    @Test func `F-9: a plan that reverses asks for that right before it begins`() async throws {
        let world = try await World()
        let engine = try world.engine(rights: rights(.planned))
        await #expect {
            try await engine.start(world.request("management-stamp", kind: .planned))
        } throws: { ($0 as? Failure)?.message.contains("'reverse'") == true }
        let able = try world.engine(rights: rights(.planned, .reverse))
        let record = try await world.run(
            world.request("management-stamp", kind: .planned), on: able)
        #expect(record.state == .completed)
    }

    @Test(arguments: [
        (#"replication.test_failover "sql01""#, "test"),
        (#"replication.clean_up "sql01""#, "test"),
        (#"replication.prepare "sql01""#, "planned"),
        (#"replication.cancel_preparation "sql01""#, "planned"),
        (#"replication.failover("sql01", { kind = "planned" })"#, "planned"),
        (#"replication.failover("sql01", { kind = "failback" })"#, "planned"),
        (#"replication.failover("sql01", { kind = "unplanned", reason = "x" })"#, "unplanned"),
        (#"replication.complete "sql01""#, "complete"),
        (#"replication.reverse "sql01""#, "reverse"),
        (#"job.require_rights { "planned", "reverse" }"#, "planned"),
    ])
    func `F-9: a verb without its right is refused, recorded, and without effect`(
        line: String, right: String
    ) async throws {
        let world = try await World(runbooks: [
            "trial.lua": #"return runbook { summary = "A test", run = function() \#(line) end }"#
        ])
        let before = try await Transcript.machines(in: world)
        let missing = try #require(FailoverRight(rawValue: right))
        let held = Set(FailoverRight.allCases).subtracting([missing])
        let engine = try world.engine(rights: Rights(held: ["eva": held]))
        let record = try await world.run(world.request("trial"), on: engine)
        #expect(record.failure?.code == .refused)
        #expect(record.failure?.message.contains("eva lacks the right '\(right)'") == true)
        #expect(world.effects.writes.isEmpty)
        #expect(try await Transcript.machines(in: world) == before)
        let report = try RunReport(
            record.id, store: engine.services.store, now: world.clock.now)
        #expect(report.acts.last?.outcome?.kind == .failure)
    }

    @Test func `F-9: a runbook that needs two rights asks for both before it acts`() async throws {
        let world = try await World()
        let record = try await world.run(
            world.request("fail-over-machine", ["vm": "sql01"]),
            on: world.engine(rights: rights(.planned)))
        #expect(record.failure?.message.contains("'reverse'") == true)
        #expect(world.effects.writes.isEmpty)
        let alone = try await world.run(
            world.request("fail-over-machine", ["vm": "sql01", "reverse": false]),
            on: world.engine(rights: rights(.planned)))
        #expect(alone.state == .completed)
    }

    @Test func `F-9: a right that is taken away while a run waits is missed when it goes on`()
        async throws
    {
        let world = try await World(runbooks: [
            "trial.lua": """
            return runbook { summary = "A test", run = function()
              job.ask "Go on?"
              replication.test_failover "sql01"
            end }
            """
        ])
        let engine = try world.engine(rights: rights(.test))
        let run = try await engine.start(world.request("trial"))
        #expect(try await engine.pass(run).state == .waiting)
        let record = try await world.finish(run, on: world.engine(rights: rights()))
        #expect(record.failure?.code == .refused)
        #expect(world.effects.writes.isEmpty)
    }
}

extension Transcript {
    /// Every machine with its protection, as text.
    fileprivate static func machines(in world: World) async throws -> [String] {
        let services = try world.engine().services
        var lines: [String] = []
        for machine in try await services.fabric.machines(at: nil) {
            let protection = try await services.replication.protection(of: machine.id.name)
            lines.append("\(machine) \(protection.map { "\($0)" } ?? "")")
        }
        return lines
    }
}
