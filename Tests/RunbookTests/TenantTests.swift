// A tenant's people at the door: what they see, start, answer and fail over is their tenant's, also
// when the primary site is gone (S-4); and what they are told of their service (S-5).
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct TenantTests {
    private static let lars = Person(name: "lars", tenant: "contoso")
    private static let fay = Person(name: "fay", tenant: "fabrikam")
    private static let rights = Rights(
        people: ["lars": [], "fay": [], "eva": ["fabric-admin"]],
        tenants: ["lars": "contoso", "fay": "fabrikam"])

    private func engine(_ world: World) throws -> Orchestrator {
        try world.engine(rights: Self.rights)
    }

    private func request(
        _ name: String, _ parameters: [String: Value] = [:], by person: Person,
        scope: String? = nil
    ) -> RunRequest {
        RunRequest(name: name, parameters: parameters, scope: scope, by: person, seed: 7)
    }

    /// A world with a run of each tenant and one of the house, which wait for an answer.
    private func asking() async throws -> (World, Orchestrator, [RunID]) {
        let world = try await World()
        world.write("trial", runbook(#"job.ask "Go on?""#))
        let engine = try engine(world)
        var runs: [RunID] = []
        for person in [Self.lars, Self.fay, World.eva] {
            runs.append(try await engine.start(request("trial", by: person)))
            _ = try await engine.pass(runs[runs.count - 1])
        }
        return (world, engine, runs)
    }

    private func refusals(in world: World) throws -> [Value] {
        try Store(folder: world.folder).events().filter { $0.topic == "scope.refused" }
            .map { try Value(json: $0.record) }
    }

    @Test func `S-4: a run of a tenant's person is in his scope, and in no other`() async throws {
        let world = try await World()
        world.write("trial", runbook("return #fabric.select {}"))
        let engine = try engine(world)
        let implied = try await world.run(request("trial", by: Self.lars), on: engine)
        #expect(implied.scope == "contoso")
        #expect(try world.report(implied.id).returned == 2)
        for scope in ["fabrikam", "nobody"] {
            await #expect {
                try await engine.start(request("trial", by: Self.lars, scope: scope))
            } throws: { ($0 as? Failure)?.code == .refused }
        }
        #expect(try engine.services.store.runs().count == 1)
        let kept = try refusals(in: world)
        #expect(kept.map { $0["by"] } == ["lars", "lars"])
        #expect(kept[0]["scope"] == "contoso")
        let house = try await world.run(request("trial", by: World.eva), on: engine)
        #expect(house.scope == nil)
    }

    @Test func `S-4: runs, reports, lines and tasks are seen by whose they are`() async throws {
        let (world, engine, runs) = try await asking()
        // Its folder goes with it.
        defer { withExtendedLifetime(world) {} }
        #expect(try engine.runs(for: Self.lars, limit: 9).map(\.id) == [runs[0]])
        #expect(try engine.runs(for: World.eva, limit: 9).map(\.id) == runs.reversed())
        let tasks = try engine.openQuestions(for: Self.fay, limit: 9)
        #expect(tasks.map(\.place.run) == [runs[1]])
        #expect(try engine.openQuestions(for: World.eva, limit: 9).count == 3)
        _ = try engine.report(runs[0], for: Self.lars)
        let query = try OutputQuery(limit: 9)
        for run in runs.dropFirst() {
            let looks: [() throws -> Void] = [
                { _ = try engine.run(run, for: Self.lars) },
                { _ = try engine.report(run, for: Self.lars) },
                { _ = try engine.output(of: run, query, for: Self.lars) },
                { _ = try engine.question(QuestionID(run.number), for: Self.lars) },
            ]
            for look in looks {
                #expect { try look() } throws: { ($0 as? Failure)?.code == .refused }
            }
            let notice: Value = ["run": .integer(run.number), "topic": "answered"]
            #expect(try !engine.concerns(notice, Self.lars))
            #expect(try engine.concerns(notice, World.eva))
        }
        #expect(try engine.concerns(["run": .null, "topic": "lab-changed"], Self.lars))
    }

    @Test func `S-4: what is another tenant's is not answered, delegated or wished for`()
        async throws
    {
        let (world, engine, runs) = try await asking()
        let tasks = try engine.openQuestions(for: World.eva, limit: 9).map(\.id)
        let acts: [() async throws -> Void] = [
            {
                try await engine.answer(
                    tasks[1], "yes", comment: nil, by: Self.lars, channel: "test")
            },
            { try await engine.delegate(tasks[1], to: "eva", by: Self.lars, comment: nil) },
            { try await engine.wish(.stop, of: runs[1], by: Self.lars, reason: nil) },
            { try await engine.wish(.abort, of: runs[2], by: Self.lars, reason: nil) },
        ]
        for act in acts {
            await #expect { try await act() } throws: { ($0 as? Failure)?.code == .refused }
        }
        #expect(try refusals(in: world).count == acts.count)
        // Nor may his own be given to another tenant's person.
        await #expect {
            try await engine.delegate(tasks[0], to: "fay", by: Self.lars, comment: nil)
        } throws: { ($0 as? Failure)?.code == .refused }
        #expect(try engine.openQuestions(for: World.eva, limit: 9).count == 3)
        try await engine.answer(tasks[0], "yes", comment: nil, by: Self.lars, channel: "test")
        try await engine.wish(.stop, of: runs[0], by: Self.lars, reason: nil)
    }

    @Test func `S-4: when the primary is gone the recovery side answers the same`() async throws {
        let world = try await World()
        let engine = try engine(world)
        let before = try await engine.directory.views(scope: "contoso").map(\.machine.id.name)
        try await world.fabric.lose("oslo")
        let after = try await engine.directory.views(scope: "contoso")
        #expect(after.map(\.machine.id.name) == before && before == ["wap01", "wap02"])
        #expect(after.allSatisfy { $0.machine.subscription == "contoso" })
        try await engine.requireOwn("wap01", by: Self.lars)
        try await engine.requireOwn("sql01", by: World.eva)
        for (vm, person) in [("sql01", Self.lars), ("wap01", Self.fay)] {
            await #expect {
                try await engine.requireOwn(vm, by: person)
            } throws: { ($0 as? Failure)?.code == .refused }
        }
        world.write(
            "trial",
            runbook(
                #"""
                replication.failover(arguments.vm, { kind = "unplanned", reason = "Oslo is gone" })
                fabric.start("bergen/" .. arguments.vm)
                """#, parameters: #"{ vm = { "string", "which" } }"#))
        let own = try await world.run(
            request("trial", ["vm": "wap01"], by: Self.lars), on: engine)
        #expect(own.state == .completed, "\(own.failure?.message ?? "")")
        let machine = try await world.fabric.machine(MachineID(site: "bergen", name: "wap01"))
        #expect(machine.power == .running && machine.subscription == "contoso")
        let others = try await world.run(
            request("trial", ["vm": "sql01"], by: Self.lars), on: engine)
        #expect(others.failure?.code == .refused)
        #expect(try await engine.services.replication.state(of: "sql01") == .replicating)
        let directory = SubscriptionDirectory(services: engine.services)
        _ = try await directory.subscription("contoso", for: Self.lars)
        await #expect {
            try await directory.subscription("fabrikam", for: Self.lars)
        } throws: { ($0 as? Failure)?.code == .refused }
    }

    @Test func `S-4: what starts by itself for a tenant's person is in his scope too`()
        async throws
    {
        let world = try await World()
        world.write("trial", runbook("return #fabric.select {}"))
        let engine = try engine(world)
        try await engine.addSchedule(
            RunSchedule(
                name: "look", runbook: "trial", timing: .every(seconds: 900), by: "lars",
                createdAt: world.clock.now))
        world.clock.advance(by: .seconds(900))
        _ = try await RunScheduler(engine).look()
        #expect(try engine.services.store.runs().map(\.scope) == ["contoso"])
    }

    @Test func `S-5: the report adds up what a tenant has got, and says it in words`()
        async throws
    {
        let world = try await World()
        let services = try engine(world).services
        for vm in ["wap01", "wap02"] {
            world.clock.advance(by: .seconds(200))
            _ = try await services.replication.sync(vm)
        }
        world.clock.advance(by: .seconds(3600))
        _ = try await services.replication.sync("wap01")
        _ = try await services.replication.testFailover("wap01")
        try await services.replication.cleanUp("wap01")
        let report = try await ServiceReport(Subscription(name: "contoso"), services: services)
        // Two points of three came within ten minutes.
        #expect(report.keptPercent == 66)
        #expect(report.lastDrill?.begunAt == world.clock.now)
        #expect(report.longestDrill == .zero && report.longestFailover == nil)
        let total = report.view["total"]
        #expect(total?["rpo_kept_percent"] == 66)
        #expect(total?["rto_seconds"]?["failover"]?.number == nil)
        let text = report.text
        for words in [
            "contoso: no recovery add-on", "66 % of the points came in time",
            "wap01 at oslo: replicating", "may lose 10m: kept by 50 %", "last failover never",
        ] {
            #expect(text.contains(words), "\(words) in \(text)")
        }
    }

    @Test func `S-5: a report of no machines, and of unprotected ones, says so`() async throws {
        let world = try await World()
        let services = try engine(world).services
        let none = try await ServiceReport(Subscription(name: "nobody"), services: services)
        #expect(none.text.contains("it has no machines"))
        try await services.replication.remove("wap02", deletesReplica: true)
        let terms = RecoveryTerms(
            target: "bergen", interval: .fiveMinutes, pointsKept: 1, rpoSeconds: nil,
            firstCopy: nil)
        let addOn = RecoveryAddOn(terms, attachedBy: "eva", attachedAt: world.clock.now)
        let report = try await ServiceReport(
            Subscription(name: "contoso", addOn: addOn), services: services)
        #expect(report.view["uncovered"] == ["wap02"])
        #expect(report.text.contains("recovery add-on to bergen, every 5m, first copy at once"))
        #expect(report.text.contains("not protected yet: wap02"))
    }
}
