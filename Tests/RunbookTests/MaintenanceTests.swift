// Hosts by turns out of service, as runbooks and people have them: emptied, never two of a cluster,
// and what is replicated goes on (N-6, N-7).
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct MaintenanceTests {
    private func clustered() async throws -> World {
        let world = try await World()
        try await world.clusterOslo()
        return world
    }

    private func hosts(_ world: World) async throws -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: try await world.fabric.machines(at: "oslo").map {
                ($0.id.name, $0.host)
            })
    }

    /// Runs a roll to its end and looks at the fabric at every commit.
    @Test func `N-6: a roll over a cluster never has two hosts in maintenance, and all run on`()
        async throws
    {
        let world = try await clustered()
        let engine = try world.engine()
        let run = try await engine.start(
            world.request("maintenance-roll", ["site": "oslo", "cluster": "oslo-compute"]))
        let record = try await world.finish(run, on: engine)
        #expect(record.state == .completed, "\(record.failure.map(\.description) ?? "")")
        let steps = world.effects.entries.filter { $0.call == .setMaintenance }.map(\.detail)
        let reason = "roll over oslo-compute"
        #expect(
            steps
                == (1...3).flatMap {
                    ["oslo/oslo-host\($0) \(reason)", "oslo/oslo-host\($0) over"]
                })
        let moved = world.effects.entries.filter { $0.call == .move }
        #expect(moved.count >= Template.machines.count)
        let machines = try await world.fabric.machines(at: "oslo")
        #expect(machines.allSatisfy { $0.power == .running })
        #expect(try await hosts(world).values.allSatisfy { $0 != "oslo-host3" })
        #expect(
            try await world.fabric.site(named: "oslo").hosts.allSatisfy { $0.maintenance == nil })
    }

    @Test func `N-6: while one roll waits, another is refused and names the host`() async throws {
        let world = try await clustered()
        let engine = try world.engine()
        let parameters: [String: Value] = ["site": "oslo", "cluster": "compute"]
        let first = try await engine.start(world.request("maintenance-roll", parameters))
        #expect(try await engine.settle(first, under: nil).state == .waiting)
        world.write(
            "close-host",
            """
            return runbook {
              summary = "Close a host",
              parameters = { host = { "string", "which" } },
              run = function(arguments)
                return fabric.enter_maintenance(arguments.host)
              end,
            }
            """)
        let other = try await world.run(
            world.request("close-host", ["host": "oslo/oslo-host2"]))
        #expect(other.failure?.code == .clusterInMaintenance)
        #expect(other.failure?.message.contains("'oslo-host1' of its cluster") == true)
        let unknown = try await world.run(world.request("close-host", ["host": "oslo-hots2"]))
        #expect(unknown.failure?.code == .unknownName)
        #expect(unknown.failure?.message.contains("'oslo-host2'") == true)
        let tenant = try await world.run(
            world.request("close-host", ["host": "oslo-host2"], scope: "contoso"))
        #expect(tenant.failure?.code == .refused)
    }

    @Test func `N-6: a host that cannot be emptied is not closed, and nothing moves`() async throws
    {
        let world = try await clustered()
        let engine = try world.engine()
        var oslo = try await world.fabric.site(named: "oslo")
        oslo.hosts[1].memory = ByteCount(1 << 30)
        try await world.fabric.furnish(oslo, given: [])
        await #expect(throws: Failure.self) {
            _ = try await engine.enterMaintenance("oslo-host1", reason: "disks", by: World.eva)
        }
        #expect(try await world.fabric.site(named: "oslo").hosts[0].maintenance == nil)
        #expect(try await Set(hosts(world).values) == ["oslo-host1"])
    }

    @Test func `a person closes a host and opens it, and both decisions are kept`() async throws {
        let world = try await clustered()
        let engine = try world.engine()
        let moves = try await engine.enterMaintenance(
            "oslo/oslo-host1", reason: "new disks", by: World.eva)
        #expect(moves.count == Template.machines.count)
        #expect(try await hosts(world).values.allSatisfy { $0 != "oslo-host1" })
        try await engine.leaveMaintenance("oslo-host1", reason: nil, by: World.eva)
        let told = try Store(folder: world.folder).decisions().suffix(2).map(\.what)
        #expect(
            told == [
                "put host oslo/oslo-host1 into maintenance",
                "end the maintenance of host oslo/oslo-host1",
            ])
    }

    @Test func `N-7: a replica goes to the host of a cluster with the most room, by its name`()
        async throws
    {
        let world = try await clustered()
        let replication = try world.engine().services.replication
        try await replication.remove("sql01", deletesReplica: true)
        var oslo = try await world.fabric.site(named: "oslo")
        oslo.hosts[0].memory = ByteCount(40 << 30)
        try await world.fabric.furnish(oslo, given: [])
        _ = try await world.fabric.define(
            VirtualMachine(
                id: MachineID(site: "bergen", name: "new01"), host: "bergen-host1",
                disks: [Disk(name: "disk0", size: ByteCount(1 << 20))]))
        let id = MachineID(site: "bergen", name: "new01")
        for name in ["oslo-compute", "compute"] {
            _ = try await replication.protect(id, ProtectionOptions(target: "oslo", host: name))
            let replica = MachineID(site: "oslo", name: "new01")
            #expect(try await world.fabric.machine(replica).host == "oslo-host2")
            try await replication.remove("new01", deletesReplica: true)
            try await world.fabric.setMaintenance(nil, host: "oslo-host2", at: "oslo")
        }
        await #expect(throws: Failure.self) {
            _ = try await replication.protect(
                id, ProtectionOptions(target: "oslo", host: "oslo-compte"))
        }
    }
}
