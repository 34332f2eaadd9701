// The verbs of `replication` from a runbook to the engine: what each option becomes, and what comes
// back.
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct ReplicationVerbTests {
    /// Runs lines of Lua as a runbook and returns what it returned.
    private func run(_ lines: String, in world: World) async throws -> Value {
        world.write(
            "trial",
            #"return runbook { summary = "A test", run = function() \#(lines) end }"#)
        let record = try await world.run(world.request("trial"))
        try #require(record.state == .completed, "\(record.failure?.message ?? "")")
        let store = try Store(folder: world.folder)
        return try #require(
            try RunReport(record.id, store: store, now: world.clock.now).returned)
    }

    @Test func `R-7 R-8 R-12 R-13: protect says all that was agreed`() async throws {
        let world = try await World()
        let result = try await run(
            #"""
            replication.remove("sql01", { delete_replica = true })
            replication.protect("sql01", { target = "bergen", interval = "30s", points = 24,
              rpo = "5m", bandwidth = "64MiB", monitoring = "6h", consistent_every = "8h",
              first_copy = { at = "22:00", zone = "Europe/Oslo" }, compression = false })
            return replication.terms("sql01")
            """#, in: world)
        let terms: Value = [
            "primary": "oslo", "replica": "bergen", "relationship": "simple", "interval": "30s",
            "points": 24, "compression": false, "rpo": "5m",
        ]
        #expect(result == terms)
        let replication = try world.engine().services.replication
        let made = try #require(try await replication.protection(of: "sql01"))
        #expect(made.terms.bandwidth?.bytes == 64 << 20)
        #expect(made.terms.monitoringSeconds == 6 * 3600)
        #expect(made.consistency.everyHours == 8)
        // It is 22:00 UTC, 23:00 in Oslo: tomorrow.
        #expect(made.terms.firstCopyAt == world.clock.now + .seconds(23 * 3600))
    }

    @Test func `R-13: a first copy goes on a medium and is taken in`() async throws {
        let world = try await World()
        let result = try await run(
            #"""
            replication.remove("sql01", { delete_replica = true })
            replication.protect("sql01", { target = "bergen" })
            replication.export("sql01", "\#(world.folder)/media")
            local between = replication.state("sql01")
            local point = replication.import_copy("sql01", "\#(world.folder)/media")
            return { between, replication.state("sql01"), point.sequence }
            """#, in: world)
        #expect(result == ["initial-replication", "replicating", 1])
    }

    @Test func `R-14 R-18 R-20: measures, drift, settings and resyncs are reached`() async throws {
        let world = try await World()
        let result = try await run(
            #"""
            replication.suspend("sql01") replication.resume("sql01")
            replication.set_interval("sql01", "30s")
            replication.set_consistency("sql01", "0s")
            replication.reprotect("sql01")
            local point = replication.resync("sql01")
            return { replication.measure("sql01").health, #replication.drift("sql01"),
              replication.terms("sql01").interval, point.kind,
              replication.prove("sql01").point == point.sequence,
              replication.loss("sql01", { point = point.sequence }),
              replication.stop_transfer("sql01") }
            """#, in: world)
        #expect(result == ["normal", 0, "30s", "standard", true, .float(0), false])
    }

    @Test func `groups are cut at one instant, and the common point is named for each vm`()
        async throws
    {
        let world = try await World()
        let result = try await run(
            #"""
            for _, vm in ipairs { "wap01", "wap02" } do replication.set_group(vm, "portal") end
            local point = replication.sync_group "portal"
            replication.set_group("wap02")
            return { point.points.wap01, point.points.wap02, #replication.common_points "portal",
              replication.points("wap01")[#replication.points "wap01"].group }
            """#, in: world)
        // One of the two has left the group: what it had is common to nobody but the other.
        #expect(result == [2, 2, 1, "portal"])
    }

    @Test func `R-15: a chain is made and known by the key of its relationship`() async throws {
        let world = try await World.chained()
        let result = try await run(
            #"""
            local extended = "sql01:extended"
            replication.suspend(extended)
            local there = replication.replica(extended)
            replication.remove(extended)
            local orphan = replication.orphans()[1]
            replication.extend("sql01", { target = "tromso", interval = "15m" })
            local point = replication.first_copy(extended)
            return { there.site, orphan.site, replication.terms(extended).relationship }
            """#, in: world)
        #expect(result == ["tromso", "tromso", "extended"])
    }

    @Test(arguments: [
        (#"replication.sync "sql01:extendet""#, "'sql01:extended'", Failure.Code.unknownName),
        (#"fabric.stop "sql01:extended""#, "sql01:extended", .unknownName),
        (#"replication.set_consistency("sql01", "90m")"#, "whole hours", .argumentInvalid),
        (
            #"local at = { at = "22:00", zone = "Oslo" } "#
                + #"replication.protect("sql01", { target = "bergen", first_copy = at })"#,
            "time zone 'Oslo'", .usage
        ),
        (
            #"replication.test_failover("sql01", { network = "tenant" })"#, "isolated",
            .networkNotIsolated
        ),
        (#"replication.test_failover("sql01", { skip_proof = "" })"#, "reason", .usage),
    ])
    func `what a verb cannot take is refused before anything happens`(
        line: String, words: String, code: Failure.Code
    ) async throws {
        let world = try await World(runbooks: [
            "trial.lua": #"return runbook { summary = "A test", run = function() \#(line) end }"#
        ])
        let record = try await world.run(world.request("trial"))
        #expect(record.failure?.code == code)
        #expect(record.failure?.message.contains(words) == true, "\(record.failure?.message ?? "")")
        #expect(world.effects.writes.isEmpty)
    }

    @Test func `B-10: a group with another tenant's vm is not cut`() async throws {
        let world = try await World(runbooks: [
            "trial.lua": """
            return runbook { summary = "A test", run = function()
              replication.sync_group "shop"
            end }
            """
        ])
        let replication = try world.engine().services.replication
        for vm in ["sql01", "wap01"] { _ = try await replication.setGroup("shop", of: vm) }
        let record = try await world.run(world.request("trial", scope: "contoso"))
        #expect(record.failure?.code == .refused)
        #expect(try await replication.commonPoints(of: "shop") == [])
    }
}
