// Clouds that are paired: which hosts are configured by it, and which machines are protected.
import Fabric
import LuaRuntime
import Model
import Orchestration
import Replication
import TestSupport
import Testing

@Suite struct CloudPairingTests {
    private func spoke(_ name: String, pair: String) -> LuaModule {
        LuaModule(
            name: "fabric/\(name).lua",
            text: """
                return site {
                  "\(name)",
                  networks = {
                    site.network { "tenant" }, site.network { "storage" },
                    site.network { "isolated", isolated = true },
                  },
                  switches = {
                    site.switch { "tenant" }, site.switch { "storage" },
                    site.switch { "isolated" },
                  },
                  host_groups = { "production", "testing" },
                  hosts = {
                    site.host { "\(name)-host1", group = "production" },
                    site.host { "\(name)-host2", group = "testing" },
                    site.host { "\(name)-host3" },
                  },
                  clouds = {
                    site.cloud { "gold", host_groups = { "production" } \(pair) },
                  },
                }
                """)
    }

    private func hub(_ more: String = "") -> [LuaModule] {
        let pair = """
            , pair = { to = "bergen:gold", interval = "15m", points = 3, compression = false }
            """
        return [
            spoke("bergen", pair: more), spoke("oslo", pair: pair), spoke("tromso", pair: pair),
        ]
    }

    @Test func `N-2: saving a pairing configures every host of the groups, and no other`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        _ = try await engine.applyFabric(hub(), by: World.eva)
        var configured: [String: [String]] = [:]
        for host in try await world.fabric.sites().flatMap(\.hosts) {
            let words = (host.sendsTo ?? []) + (host.receivesFrom ?? []).map { "from \($0)" }
            if !words.isEmpty { configured[host.name] = words }
        }
        #expect(
            configured == [
                "oslo-host1": ["bergen:gold"], "tromso-host1": ["bergen:gold"],
                "bergen-host1": ["from oslo:gold", "from tromso:gold"],
            ])
        #expect(try await engine.fabricPlan(hub()).changed.isEmpty)
        let alone = try await engine.applyFabric(
            [hub()[0], spoke("oslo", pair: ""), hub()[2]], by: World.eva)
        #expect(alone.changed.map(\.site.name) == ["bergen", "oslo"])
        let hosts = try await world.fabric.sites().flatMap(\.hosts)
        #expect(hosts.first { $0.name == "oslo-host1" }?.sendsTo == nil)
        #expect(hosts.first { $0.name == "bergen-host1" }?.receivesFrom == ["tromso:gold"])
    }

    @Test func `N-2: the pairing of a declared site configures the hosts of one that is not`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        _ = try await engine.applyFabric([spoke("bergen", pair: "")], by: World.eva)
        let plan = try await engine.applyFabric([hub()[1]], by: World.eva)
        #expect(plan.changed.map(\.site.name) == ["bergen", "oslo"])
        #expect(
            try await world.fabric.site(named: "bergen").hosts[0].receivesFrom == ["oslo:gold"])
    }

    @Test func `N-2: a host that the pairing has not configured receives nothing`() async throws {
        let world = try await World()
        let engine = try world.engine()
        _ = try await engine.applyFabric(hub(), by: World.eva)
        func options(_ host: String?) -> ProtectionOptions {
            var options = ProtectionOptions(target: "bergen")
            options.host = host
            return options
        }
        for (host, name) in [("oslo-host1", "web01"), ("oslo-host2", "lab01")] {
            try await world.fabric.define(
                VirtualMachine(
                    id: MachineID(site: "oslo", name: name), host: host,
                    disks: [Disk(name: "disk0", size: ByteCount(65_536))]))
        }
        let replication = engine.services.replication
        let (paired, free) = (
            MachineID(site: "oslo", name: "web01"), MachineID(site: "oslo", name: "lab01")
        )
        let refusal = await #expect(throws: Failure.self) {
            try await replication.protect(paired, options("bergen-host2"))
        }
        #expect(refusal?.code == .primaryRefused)
        #expect(refusal?.message.hasSuffix("choose one of bergen-host1") == true)
        let protection = try await replication.protect(paired, options(nil))
        #expect(try await world.fabric.machine(protection.replica).host == "bergen-host1")
        // Whose cloud is paired with nothing goes wherever somebody wants it.
        let other = try await replication.protect(free, options("bergen-host2"))
        #expect(try await world.fabric.machine(other.replica).host == "bergen-host2")
    }

    @Test func `N-2: what is deployed to a paired cloud is protected on its terms, hub and spoke`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        _ = try await engine.applyFabric(hub(), by: World.eva)
        for (site, host, name) in [
            ("oslo", "oslo-host1", "web01"), ("tromso", "tromso-host1", "web02"),
            ("oslo", "oslo-host2", "lab01"), ("oslo", "oslo-host3", "lab02"),
            ("bergen", "bergen-host1", "own01"),
        ] {
            try await world.fabric.define(
                VirtualMachine(
                    id: MachineID(site: site, name: name), host: host,
                    disks: [Disk(name: "disk0", size: ByteCount(65_536))]))
        }
        let record = try await world.run(world.request("protect-new-machines"))
        #expect(record.state == .completed, "\(record.failure?.message ?? "")")
        let replication = engine.services.replication
        for name in ["lab01", "lab02", "own01"] {
            #expect(try await replication.protection(of: name) == nil, "\(name)")
        }
        for name in ["web01", "web02"] {
            let protection = try #require(try await replication.protection(of: name))
            #expect(protection.replica == MachineID(site: "bergen", name: name))
            #expect(protection.interval == .fifteenMinutes)
            #expect(protection.pointsKept == 3)
            #expect(!protection.isCompressed)
            #expect(protection.state == .replicating)
            #expect(try await world.fabric.machine(protection.replica).host == "bergen-host1")
        }
        let again = try await world.run(world.request("protect-new-machines"))
        #expect(again.state == .completed)
    }
}
