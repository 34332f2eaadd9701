// A host in maintenance: what it refuses, and how it gets there and back.
import Model
import Testing

@testable import Fabric

@Suite struct MaintenanceTests {
    private func clustered() async throws -> World {
        let world = try await World()
        var site = try await world.fabric.site(named: "oslo")
        site.hosts.append(Host(name: "oslo-2", switches: site.hosts[0].switches))
        site.clusters = [
            Cluster(name: "compute", hosts: ["oslo-1", "oslo-2"], accessName: "oslo-compute")
        ]
        try await world.fabric.furnish(site, given: [])
        return world
    }

    private func enter(_ world: World, _ host: String) async throws {
        try await world.fabric.setMaintenance(
            HostMaintenance(reason: "new disks"), host: host, at: "oslo")
    }

    @Test func `N-6: a host in maintenance takes no machine and starts none, until it is over`()
        async throws
    {
        let world = try await clustered()
        let id = try await world.define()
        for _ in 1...2 { try await enter(world, "oslo-1") }
        #expect(await code { try await world.fabric.start(id) } == .hostInMaintenance)
        var other = World.machine()
        other.id.name = "other"
        let made = other
        #expect(await code { try await world.fabric.define(made) } == .hostInMaintenance)
        try await world.fabric.move(id, to: "oslo-2")
        try await world.fabric.start(id)
        #expect(await code { try await world.fabric.move(id, to: "oslo-1") } == .hostInMaintenance)
        try await world.fabric.stop(id)
        #expect(
            await code { try await world.fabric.update(id) { $0.host = "oslo-1" } }
                == .hostInMaintenance)
        try await world.fabric.setMaintenance(nil, host: "oslo-1", at: "oslo")
        try await world.fabric.move(id, to: "oslo-1")
        try await world.fabric.start(id)
    }

    @Test func `N-6: never two hosts of a cluster are in maintenance`() async throws {
        let world = try await clustered()
        try await enter(world, "oslo-1")
        #expect(await code { try await enter(world, "oslo-2") } == .clusterInMaintenance)
        #expect(await code { try await enter(world, "oslo-9") } == .unknownName)
        try await world.fabric.setMaintenance(nil, host: "oslo-1", at: "oslo")
        try await enter(world, "oslo-2")
    }

    @Test func `what runs on a host that is put into maintenance runs on`() async throws {
        let world = try await clustered()
        let id = try await world.define(isRunning: true)
        try await enter(world, "oslo-1")
        try await world.write(1, at: 0)
        #expect(try await world.fabric.machine(id).power == .running)
        try await world.fabric.setGuestAddress("10.0.0.9", nic: "nic0", of: id)
        try await world.fabric.update(id) { $0.tags = ["gold"] }
    }

    @Test func `a declaration that is applied leaves maintenance as it is`() async throws {
        let world = try await clustered()
        var site = try await world.fabric.site(named: "oslo")
        try await enter(world, "oslo-1")
        site.hosts[0].memory = ByteCount(64 << 30)
        try await world.fabric.furnish(site, given: [])
        let host = try await world.fabric.site(named: "oslo").hosts[0]
        #expect(host.maintenance?.reason == "new disks")
        #expect(host.memory == ByteCount(64 << 30))
    }
}
