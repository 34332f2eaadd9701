// P-11: whether a plan could be run now, looked at like a run would look.
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct ReadinessTests {
    private static let valid = """
        -----BEGIN CERTIFICATE-----
        MIIBcjCCARegAwIBAgIUGX5L13yEE1ETVJ4aJOW62XpcTbEwCgYIKoZIzj0EAwIw
        DjEMMAoGA1UEAwwDd2ViMB4XDTI2MTEyMjAwNTMyOVoXDTI2MTIyMjAwNTMyOVow
        DjEMMAoGA1UEAwwDd2ViMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYWfIZXf6
        fYrMPf2OuNJku1IUSqGcZE1VgkBGQ/RYpgyhMoCUNaBp8OUHmNzbKBBeVzZuGU8r
        sI+ccNbvN9ts16NTMFEwHQYDVR0OBBYEFEA/DgbftlAXbc4MQ6Lyqx9MHM7GMB8G
        A1UdIwQYMBaAFEA/DgbftlAXbc4MQ6Lyqx9MHM7GMA8GA1UdEwEB/wQFMAMBAf8w
        CgYIKoZIzj0EAwIDSQAwRgIhAJT38gRMsmo2xOnsrd9CiVEsAVuuZMTS8M1/mJgd
        0O9KAiEAtrsdgxumuckYSR1EyK+ODJhf/wreBX4v6KxEy7I2ppQ=
        -----END CERTIFICATE-----
        """
    private static let key = Secret(
        """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIB/80UCaP02OU9n/WVgY7QW9FgjgbR2Lapbj1aiHEyKQoAoGCCqGSM49
        AwEHoUQDQgAEYWfIZXf6fYrMPf2OuNJku1IUSqGcZE1VgkBGQ/RYpgyhMoCUNaBp
        8OUHmNzbKBBeVzZuGU8rsI+ccNbvN9ts1w==
        -----END EC PRIVATE KEY-----
        """)

    private func world(_ fields: String = "", vms: String = #"{ "sql01" }"#) async throws -> World {
        try await World(runbooks: ["trial.lua": onePlan(fields, vms: vms)])
    }

    /// `topic: text` of everything that is found now.
    private func found(_ world: World) async throws -> [String] {
        try await world.engine().readinessNow(of: "trial").findings.map {
            "\($0.topic.rawValue): \($0.text)"
        }
    }

    private func furnish(_ world: World, _ change: (inout Host) -> Void) async throws {
        try await world.change("bergen") { site in change(&site.hosts[0]) }
    }

    @Test func `P-11: a plan that could be run is ready, and looking touches nothing`()
        async throws
    {
        let world = try await world(vms: #"{ "sql01", "wap01" }"#)
        let readiness = try await world.engine().readinessNow(of: "trial")
        #expect(readiness.isReady && readiness.kind == .planned, "\(readiness.findings)")
        #expect(world.effects.writes.isEmpty)
        #expect(try world.engine().services.store.claims().isEmpty)
    }

    @Test func `P-11: a plan whose groups select nothing is not ready, and is not run`()
        async throws
    {
        let world = try await world(vms: #"fabric.select { tag = "nobody" }"#)
        let words = "the plan has no vm: nothing is what its groups select"
        #expect(try await found(world) == ["names: \(words)"])
        let run = try await world.run(world.request("trial", kind: .planned))
        #expect(run.failure?.code == .preflightFailed)
        #expect(run.failure?.message.contains(words) == true)
    }

    @Test func `P-11: names, networks and protections that do not allow it are named`()
        async throws
    {
        let world = try await world(vms: #"{ "sql01", "sql02", "nobody" }"#)
        try await world.fabric.removeSwitch("tenant", host: nil, at: "bergen")
        _ = try await world.engine().services.replication.suspend("sql02")
        let texts = try await found(world)
        #expect(
            texts.contains { $0.hasPrefix("networks: nic0 of bergen/sql01 wants the switch") })
        #expect(texts.contains { $0.hasPrefix("protection: sql02 is suspended") })
        #expect(texts.contains { $0.contains("names: there is no vm 'nobody'") }, "\(texts)")
    }

    @Test func `P-11: the short resource of a host is named, with how much is missing`()
        async throws
    {
        let vms = #"{ plan.machine { "sql01", overrides = { processors = 4, memory = "3GiB" } } }"#
        let world = try await world(vms: vms)
        try await furnish(world) { host in
            (host.processors, host.memory) = (3, ByteCount(2 << 30))
            host.storage = ["gold": ByteCount(1 << 20)]
        }
        #expect(
            try await found(world) == [
                "capacity: the host bergen/bergen-host1 lacks 1 processors: 4 processors are "
                    + "wanted, and it has 3 processors",
                "capacity: the host bergen/bergen-host1 lacks 1 GiB of memory: 3 GiB of memory "
                    + "are wanted, and it has 2 GiB of memory",
                "capacity: the host bergen/bergen-host1 lacks 256 KiB of storage: 1.3 MiB of "
                    + "storage are wanted, and it has 1 MiB of storage",
            ])
        let record = try await world.run(world.request("trial", kind: .planned))
        #expect(record.failure?.code == .preflightFailed)
        #expect(world.effects.writes.isEmpty)
        try await furnish(world) { host in
            (host.processors, host.memory) = (4, ByteCount(3 << 30))
            host.storage = ["gold": ByteCount(1 << 20), "silver": ByteCount(1 << 20)]
        }
        #expect(try await found(world).isEmpty)
    }

    @Test func `P-11: addresses of a pool are a resource like any other`() async throws {
        let world = try await world(vms: #"{ "sql01", "sql02", "vmm01" }"#)
        try await world.map("10.2.0.10")
        #expect(
            try await found(world) == [
                "capacity: the pool of bergen:tenant lacks 2 of 3 addresses (IPv4): 0 of 1 are "
                    + "given out"
            ])
    }

    @Test func `P-11: every module and runbook that a plan names must load, comments aside`()
        async throws
    {
        let world = try await world(
            #"""
            -- require "once"
            after = { step { "later", run = function()
              require "lost"
              require "crooked"
              job.run "gone"
              pcall(require, "perhaps")
            end } },
            """#)
        world.write("crooked", "return return")
        let texts = try await found(world)
        #expect(texts.count == 3, "\(texts)")
        #expect(texts[0].hasPrefix("scripts: the module 'lost', which trial.lua requires"))
        #expect(texts[1].contains("crooked.lua:1"))
        #expect(texts[2].hasPrefix("scripts: 'gone', which a step runs, cannot be loaded"))
        world.write("trial", onePlan(#"after = {}, --[==[ require "lost" ]==]"#))
        #expect(try await found(world).isEmpty)
    }

    @Test func `P-11: a point is as old as two intervals or the objective allow, no older`()
        async throws
    {
        let world = try await world()
        world.clock.advance(by: .seconds(600))
        #expect(try await found(world).isEmpty)
        world.clock.advance(by: .seconds(1))
        #expect(
            try await found(world) == [
                "points: the latest point of sql01 is 10m1s old, and 10m is what its interval "
                    + "(5m) allows"
            ])
        world.write("trial", onePlan(#"objective = { rpo = "1h" },"#))
        #expect(try await found(world).isEmpty)
        world.write("trial", onePlan(#"objective = { rpo = "1m" },"#))
        #expect(
            try await found(world) == [
                "points: sql01 is replicated every 5m, and the plan promises to lose 1m at most"
            ])
        let report = try await world.plan(onePlan(#"objective = { rpo = "1m" },"#))
        #expect(report.run.state == .completed, "\(report.text)")
        #expect(report.warnings.count == 1)
        #expect(report.text.contains("What preflight warned of\n  sql01 is replicated every 5m"))
        #expect(report.page.text.contains("What preflight warned of"))
    }

    @Test func `P-11: assets are there, and a certificate is told of before it ends`()
        async throws
    {
        let world = try await world(#"assets = { "web" },"#)
        #expect(try await found(world).first?.hasPrefix("assets: there is no asset 'web'") == true)
        await #expect {
            try await world.run(world.request("trial", kind: .planned))
        } throws: { ($0 as? Failure)?.code == .unknownName }
        let assets = try world.engine().assets
        _ = try await assets.makeKey(by: World.eva)
        try await assets.save(
            "web", .certificate, value: ["certificate": .text(Self.valid)],
            secrets: ["key": Self.key], by: World.eva)
        let times = [
            ("2026-11-01", "the certificate 'web' is not valid before 2026-11-22T00:53:29.000Z"),
            ("2026-12-01", nil), ("2026-12-10", "the certificate 'web' expires at 2026-12-22"),
            ("2026-12-23", "the certificate 'web' has expired at 2026-12-22T00:53:29.000Z"),
        ]
        for (day, text) in times {
            world.clock.advance(
                to: try Timestamp(text: "\(day)T00:00:00Z", from: world.clock.now))
            let told = try await found(world).first { $0.hasPrefix("assets: ") }
            #expect(told?.hasPrefix("assets: \(text ?? "nothing")") ?? (text == nil), "\(day)")
        }
    }

    @Test func `P-11: who is lost or away is judged for what would be asked then`() async throws {
        let world = try await world()
        try await world.fabric.lose("oslo")
        #expect(try await world.engine().readinessNow(of: "trial").kind == .unplanned)
        try await world.fabric.heal("oslo")
        try await world.run(world.request("trial", kind: .planned))
        let away = try await world.engine().readinessNow(of: "trial")
        #expect(away.kind == .failback && away.isReady, "\(away.findings)")
        try await world.fabric.lose("oslo")
        #expect(
            try await found(world) == ["sites: the site oslo does not answer"])
    }

    @Test func `P-11: a site that nobody knows is a finding, and a runbook is no plan`()
        async throws
    {
        let world = try await world()
        world.write("trial", onePlan("").replacing(#""bergen""#, with: #""bargen""#))
        #expect(
            try await found(world) == [
                "names: there is no site 'bargen'; did you mean 'bergen'?"
            ])
        world.write("trial", runbook(""))
        await #expect {
            _ = try await world.engine().readiness(of: "trial")
        } throws: { ($0 as? Failure)?.code == .usage }
        await #expect {
            _ = try await world.engine().readinessNow(of: "trial")
        } throws: { ($0 as? Failure)?.code == .usage }
    }
}
