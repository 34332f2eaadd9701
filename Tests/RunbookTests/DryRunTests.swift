// The dry run of a plan: every step with what it would change, and not a byte written; and the
// run's report, which holds what was predicted against what was measured.
import Fabric
import Foundation
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct DryRunTests {
    /// Every file of the lab, byte for byte.
    private func files(of world: World) throws -> [String: Data] {
        var files: [String: Data] = [:]
        let paths = FileManager.default.enumerator(atPath: world.folder)
        while let path = paths?.nextObject() as? String {
            let url = URL(filePath: "\(world.folder)/\(path)")
            // The shared memory of those that have the database open; it holds nothing.
            if path.hasSuffix("-shm") { continue }
            files[path] = (try? Data(contentsOf: url)) ?? Data()
        }
        return files
    }

    private func dryRun(
        _ name: String, _ kind: FailoverKind, in world: World, reason: String? = "a drill"
    ) async throws -> DryRun {
        try await world.engine().dryRun(world.request(name, kind: kind, reason: reason))
    }

    @Test(arguments: FailoverKind.allCases)
    func `Q-4: a dry run of every kind leaves store and lab as they are, byte for byte`(
        _ kind: FailoverKind
    ) async throws {
        let world = try await World()
        if kind == .failback {
            try await world.run(world.request("management-stamp", kind: .planned))
        }
        let engine = try world.engine()
        let writes = world.effects.writes.count
        let before = try files(of: world)
        let request = world.request("management-stamp", kind: kind, reason: "a drill")
        let dryRun = try await engine.dryRun(request)
        #expect(!dryRun.text.isEmpty)
        #expect(try files(of: world) == before)
        #expect(world.effects.writes.count == writes)
        #expect(before.count > 20)
    }

    @Test func `Q-4: every step of the run stands in it, in order, with what it would change`()
        async throws
    {
        let world = try await World()
        let dryRun = try await dryRun("management-stamp", .planned, in: world)
        let tasks = (dryRun.value["stages"]?.list ?? []).flatMap { $0["tasks"]?.list ?? [] }
        let record = try await world.run(world.request("management-stamp", kind: .planned))
        let done = try world.report(record.id).stages.flatMap(\.tasks).map(\.id)
        #expect(tasks.compactMap { $0["id"]?.text } == done)
        for task in tasks { #expect(task["effects"]?.list?.isEmpty == false, "\(task)") }
        for words in [
            "oslo/sql01 on oslo-host1 is shut down",
            "the last changes of disk0 (256 KiB) cross to bergen",
            "bergen/sql01 on bergen-host1 becomes production, with disk0 (256 KiB)",
            "nic0 is on the switch tenant in bergen:tenant, with the address 10.0.0.11",
            "it is replicated from bergen to oslo then", "bergen/sql01 is powered on",
            "asks role:fabric-admin: Is the library share readable from Bergen? (one of yes)",
            "Without an answer within 30m the run is aborted.",
            "of 1h allowed", "sql01: nothing", "preflight would let it pass",
        ] {
            #expect(dryRun.text.contains(words), "\(words) in \(dryRun.text)")
        }
    }

    @Test func `Q-4: the second dry run goes by the first run, and says so`() async throws {
        let world = try await World()
        let first = try await dryRun("management-stamp", .test, in: world)
        #expect(first.text.contains("from sizes and rates"))
        #expect(first.text.contains("never run; up to its time limit"))
        #expect(!first.text.contains("from 1 run"))
        try await world.run(world.request("management-stamp", kind: .test))
        let second = try await dryRun("management-stamp", .test, in: world)
        #expect(second.text.contains("from 1 run"))
        #expect(!second.text.contains("from sizes and rates"))
        let planned = try await dryRun("management-stamp", .planned, in: world)
        #expect(planned.text.contains("from 1 run of another kind"))
        #expect(planned.text.contains("from sizes and rates"))
    }

    @Test func `Q-4: a step that was edited is another step`() async throws {
        let world = try await World()
        let text = onePlan(#"before = { step { "mends", run = function() end } },"#)
        world.write("trial", text)
        try await world.run(world.request("trial", kind: .test))
        let known = try await dryRun("trial", .test, in: world)
        #expect(known.text.contains("mends  0ms (0ms to 0ms)"))
        world.write("trial", text.replacing("mends", with: "mends more"))
        #expect(
            try await dryRun("trial", .test, in: world).text
                .contains("mends more  1.0s (0ms to 10m), never run"))
    }

    @Test func `Q-4: what preflight would find is told, and nobody is held`() async throws {
        let world = try await World()
        try await world.fabric.removeSwitch("tenant", host: nil, at: "bergen")
        let stopped = try await dryRun("management-stamp", .planned, in: world)
        #expect(stopped.fault?.code == .preflightFailed)
        #expect(stopped.text.contains("preflight would stop the run: nic0 of bergen/sql01 wants"))
        let silent = try await dryRun("management-stamp", .unplanned, in: world, reason: nil)
        #expect(silent.text.contains("needs a reason (--reason)"))
        let machines = try await world.fabric.machines(at: nil)
        #expect(machines.allSatisfy { !$0.id.name.hasSuffix("-test") })
    }

    @Test func `Q-4: a lost site and what is there already are foretold too`() async throws {
        let world = try await World()
        try await world.fabric.lose("oslo")
        let lost = try await dryRun("management-stamp", .unplanned, in: world, reason: nil)
        #expect(lost.fault == nil, "\(lost.text)")
        world.write("trial", onePlan(""))
        try await world.run(world.request("trial", kind: .unplanned))
        let again = try await dryRun("management-stamp", .unplanned, in: world, reason: nil)
        #expect(again.text.contains("fail over sql01  0ms (0ms to 0ms), nothing to do"))
        #expect(again.text.contains("    sql01 is at bergen already"))
        #expect(again.forecast.losses["sql01"] == nil)
    }

    @Test func `Q-4: a runbook has no dry run`() async throws {
        let world = try await World()
        await #expect { () async throws in
            _ = try await world.engine().dryRun(
                world.request("fail-over-machine", ["vm": "sql01"]))
        } throws: { ($0 as? Failure)?.code == .usage }
    }

    // MARK: Afterwards

    @Test func `Q-4: the report of a drill scores what was predicted`() async throws {
        let world = try await World()
        let slow = onePlan(
            """
            before = {
              step { "slow", time_limit = "1h", run = function() job.sleep "10m" end },
            },
            """)
        world.write("trial", slow)
        let first = try await world.run(world.request("trial", kind: .test))
        let known = try world.report(first.id)
        let score = try #require(known.scoredTasks.first { $0.what == "slow" })
        #expect(score.measured == .seconds(600) && score.isWithin == true)
        world.write("trial", slow.replacing("10m", with: "50m"))
        let report = try world.report(
            try await world.run(world.request("trial", kind: .test)).id)
        let miss = try #require(report.scoredTasks.first { $0.what == "slow" })
        #expect(miss.expected == TimeBand(.seconds(300), .seconds(600), .seconds(1200)))
        #expect(miss.isWithin == false)
        for words in [
            "What was predicted", "tasks took as long as was expected",
            "slow: 10m (5m to 20m), was 50m: longer",
        ] {
            #expect(report.text.contains(words), "\(words) in \(report.text)")
        }
        let tasks = report.value["prediction"]?["tasks"]?.list ?? []
        #expect(tasks.first { $0["what"] == "slow" }?["measured_seconds"]?.number == 3000)
        #expect(tasks.first { $0["what"] == "slow" }?["verdict"] == "longer")
        let page = report.page.text
        #expect(page.contains("<h2>Predicted and measured</h2>"))
        #expect(page.contains("<td>slow</td><td>10m</td><td>5m</td><td>20m</td><td>50m</td>"))
    }

    @Test func `Q-4: what an unplanned failover lost is scored`() async throws {
        let world = try await World()
        world.clock.advance(by: .seconds(120))
        let report = try await world.plan(onePlan(""), .unplanned, reason: "a drill")
        let lost = try #require(report.scoredLosses.first)
        #expect(lost.what == "sql01" && lost.measured == .seconds(120))
        #expect(lost.isWithin == true && lost.expected.high >= .seconds(300))
    }

    @Test func `Q-4: a run that goes on from another was not foretold`() async throws {
        let world = try await World()
        let broken = try await world.plan(
            onePlan(#"before = { step { "no", run = function() error "no" end } },"#))
        #expect(broken.forecast != nil)
        #expect(broken.scoredTimes.allSatisfy { $0.measured == nil })
        let next = try await world.goOn(from: broken.run.id, .skip, reason: "no need")
        #expect(next.forecast == nil)
        #expect(!next.text.contains("What was predicted"))
    }
}
