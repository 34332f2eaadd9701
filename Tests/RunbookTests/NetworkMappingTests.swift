// Mapped networks: which address a machine has after a failover, and who has it after that.
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct NetworkMappingTests {
    private func plan(_ vms: String, more: String = "") -> String {
        """
        return plan {
          summary = "A test", source = "oslo", target = "bergen",
          groups = { plan.group { "only", vms = { \(vms) } } }, \(more)
        }
        """
    }

    @Test func `N-3: failover takes an address of the pool, failback gives it back`() async throws {
        let world = try await World()
        try await world.map("10.2.0.10-10.2.0.19", "fd00:2::10-fd00:2::19")
        let engine = try world.engine().services.replication
        try await world.fabric.connect("nic0", of: .bergen, to: "storage")
        try await world.move("sql01", .planned, by: engine)
        let away = try await world.card(.bergen)
        #expect(away.switchName == "tenant")
        #expect(away.address == "10.2.0.10")
        #expect(away.address6 == "fd00:2::10")
        #expect(try world.given() == ["10.2.0.10 bergen/sql01", "fd00:2::10 bergen/sql01"])
        try await world.move("sql01", .failback, by: engine)
        #expect(try await world.card(.oslo).address == "10.0.0.11")
        #expect(try await world.card(.oslo).failoverAddress == nil)
        #expect(try await world.card(.bergen).failoverAddress == nil)
        #expect(try await world.card(.bergen).address == "10.0.0.11")
        #expect(try world.given().isEmpty)
    }

    @Test func `N-4: an address that a person set is taken before the pool's, both families`()
        async throws
    {
        let world = try await World()
        try await world.map("10.2.0.10-10.2.0.19")
        let engine = try world.engine().services.replication
        try await world.fabric.setFailoverAddress(
            FailoverAddress("10.2.0.77").with("fd00:2::77"), nic: "nic0", of: .bergen)
        try await world.move("sql01", .planned, by: engine)
        #expect(try await world.card(.bergen).address == "10.2.0.77")
        #expect(try await world.card(.bergen).address6 == "fd00:2::77")
        #expect(try world.given().isEmpty)
        try await world.move("sql01", .failback, by: engine)
        #expect(try await world.card(.oslo).address == "10.0.0.11")
        #expect(try await world.card(.oslo).address6 == nil)
    }

    @Test func `N-3: a stretched network keeps the address that the machine has last`()
        async throws
    {
        let world = try await World()
        try await world.map(addresses: .keep)
        try await world.fabric.setGuestAddress("10.0.0.99", nic: "nic0", of: .oslo)
        let engine = try world.engine().services.replication
        try await world.move("sql01", .planned, by: engine)
        #expect(try await world.card(.bergen).address == "10.0.0.99")
        #expect(try world.given().isEmpty)
    }

    @Test func `N-3: a lost site's machine gets its address by what was known of its network`()
        async throws
    {
        let world = try await World()
        try await world.map("10.2.0.10-10.2.0.19")
        let engine = try world.engine().services.replication
        try await world.fabric.lose("oslo")
        _ = try await engine.failOver("sql01", FailoverRequest(.unplanned))
        try await world.fabric.start(.bergen)
        #expect(try await world.card(.bergen).address == "10.2.0.10")
        try await world.fabric.heal("oslo")
        _ = try await engine.complete("sql01")
        _ = try await engine.reverse("sql01")
        _ = try await engine.resync("sql01")
        try await world.move("sql01", .failback, by: engine)
        #expect(try world.given().isEmpty)
    }

    @Test func `N-3: a test has an address until it is cleaned up, of the isolated pool if any`()
        async throws
    {
        let world = try await World()
        try await world.map("10.2.0.10-10.2.0.19")
        let engine = try world.engine().services.replication
        let double = try await engine.testFailover("sql01")
        #expect(try await world.card(double).address == "10.2.0.10")
        #expect(try await world.card(double).switchName == "isolated")
        #expect(try world.given() == ["10.2.0.10 bergen/sql01-test"])
        try await engine.cleanUp("sql01")
        #expect(try world.given().isEmpty)
        try await world.change("bergen") { site in
            site.networks[2].pool = AddressPool([try AddressRange(text: "192.168.0.5")])
        }
        let other = try await engine.testFailover("sql01")
        #expect(try await world.card(other).address == "192.168.0.5")
        let failure = await #expect(throws: Failure.self) {
            _ = try await engine.testFailover("sql02")
        }
        #expect(failure?.code == .poolExhausted)
        try await engine.remove("sql01")
        #expect(try world.given().isEmpty)
    }

    @Test func `N-3: a plan uses the mapping, and what it moved comes home with its own address`()
        async throws
    {
        let world = try await World()
        try await world.map("10.2.0.10-10.2.0.19")
        world.write("trial", plan(#""sql01", "sql02""#))
        let there = try await world.run(world.request("trial", kind: .planned))
        #expect(there.state == .completed)
        #expect(try world.given().count == 2)
        let back = try await world.run(world.request("trial", kind: .failback))
        #expect(back.state == .completed)
        #expect(try world.given().isEmpty)
        #expect(try await world.card(.oslo).address == "10.0.0.11")
    }

    @Test(arguments: [FailoverKind.planned, .test])
    func `N-5: preflight says how many addresses are missing, before anything is shut down`(
        kind: FailoverKind
    ) async throws {
        let world = try await World()
        try await world.map("10.2.0.10")
        world.write("trial", plan(#""sql01", "sql02", "vmm01""#))
        let record = try await world.run(world.request("trial", kind: kind))
        #expect(record.failure?.code == .preflightFailed)
        #expect(
            record.failure?.message.contains("bergen:tenant lacks 2 of 3 addresses (IPv4)") == true,
            "\(record.failure?.message ?? "")")
        #expect(world.effects.writes.isEmpty)
        #expect(try world.given().isEmpty)
    }

    @Test func `N-5: a network that only the primary has, or that is unmapped, is named`()
        async throws
    {
        let world = try await World()
        try await world.change("oslo") { site in
            site.networks.append(Network(name: "backup"))
            site.hosts[0].switches.append(Switch(name: "backup", network: "backup"))
        }
        try await world.fabric.connect("nic0", of: .oslo, to: "backup")
        try await world.fabric.connect("nic0", of: .bergen, to: nil)
        world.write("trial", plan(#""sql01""#))
        let alone = try await world.run(world.request("trial", kind: .planned))
        #expect(
            alone.failure?.message.contains("in the network 'backup', which bergen does not have")
                == true, "\(alone.failure?.message ?? "")")
        try await world.map("10.2.0.10")
        try await world.fabric.connect("nic0", of: .oslo, to: "storage")
        let unmapped = try await world.run(world.request("trial", kind: .planned))
        #expect(unmapped.failure?.message.contains("'storage', which is not mapped") == true)
        #expect(world.effects.writes.isEmpty)
    }

    @Test func `N-4: overrides that are taken back bring no address back that was given up`()
        async throws
    {
        let world = try await World()
        try await world.map("10.2.0.10-10.2.0.19")
        let vm = #"plan.machine { "sql01", overrides = { address = "10.2.0.99" } }"#
        world.write("trial", plan(vm))
        let there = try await world.run(world.request("trial", kind: .planned))
        #expect(there.state == .completed, "\(there.failure?.message ?? "")")
        #expect(try await world.card(.bergen).address == "10.2.0.99")
        #expect(try world.given() == ["10.2.0.10 bergen/sql01"])
        let back = try await world.run(world.request("trial", kind: .failback))
        #expect(back.state == .completed, "\(back.failure?.message ?? "")")
        #expect(try world.given().isEmpty)
        #expect(try await world.card(.bergen).failoverAddress == nil)
        #expect(try await world.card(.bergen).address == "10.0.0.11")
    }
}
