// The way home of a pair: afterwards everything is as at the start (F-7).
import Fabric
import Model
import Testing

@testable import Replication

@Suite struct FailbackTests {
    @Test func `F-7 topology, direction and addresses are as at the start`() async throws {
        let world = try await World.replicating()
        try await world.fabric.setGuestAddress("10.1.0.5", nic: "nic0", of: World.oslo)
        try await world.fabric.setFailoverAddress(
            FailoverAddress("10.2.0.5"), nic: "nic0", of: World.bergen)
        let start = try await shape(world)
        let before = try await world.protection()

        try await world.failOverPlanned()
        _ = try await world.engine.reverse("web")
        try await world.fabric.start(World.bergen)
        #expect(try await world.fabric.machine(World.bergen).nics[0].address == "10.2.0.5")
        #expect(try await world.protection().primary == World.bergen)
        try await world.write([1, 2, 3], at: 0, on: World.bergen)
        try await world.failOverPlanned(.failback, from: World.bergen)
        _ = try await world.engine.reverse("web")
        try await world.fabric.start(World.oslo)

        let after = try await world.protection()
        #expect(after.primary == before.primary && after.replica == before.replica)
        #expect(after.state == before.state && after.interval == before.interval)
        #expect(after.disks == before.disks && after.terms == before.terms)
        // The failback's plan sets the address of the card that was failed over; the machine at
        // home never lost its own.
        var end = try await shape(world)
        end[World.bergen]?.nics[0].address = start[World.bergen]?.nics[0].address
        #expect(end == start)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        #expect(try await world.engine.orphans().isEmpty)
    }

    @Test func `F-4 F-7 after an unplanned failover the way home sends differences both ways`()
        async throws
    {
        let world = try await World.replicating()
        try await world.fabric.lose("oslo")
        _ = try await world.engine.failOver("web", FailoverRequest(.unplanned))
        try await world.fabric.start(World.bergen)
        _ = try await world.engine.complete("web")
        try await world.write(Noise.bytes(65_536, seed: 5), at: 0, on: World.bergen)
        try await world.fabric.heal("oslo")
        _ = try await world.engine.reverse("web")
        let sent = try await world.protection().statistics.bytesSent
        _ = try await world.engine.sync("web")
        #expect(try await world.protection().statistics.bytesSent - sent < 67_000)
        try await world.failOverPlanned(.failback, from: World.bergen)
        #expect(try await world.engine.reverse("web").state == .replicating)
        try await world.fabric.start(World.oslo)
        try await world.write([9], at: 65_536)
        let sentBack = try await world.protection().statistics.bytesSent
        _ = try await world.engine.sync("web")
        #expect(try await world.protection().statistics.bytesSent - sentBack < 67_000)
        #expect(try await world.areEqual())
    }

    /// The machines as they stand, without the epoch, which only rises.
    private func shape(_ world: World) async throws -> [MachineID: VirtualMachine] {
        var machines: [MachineID: VirtualMachine] = [:]
        for var machine in try await world.fabric.machines(at: nil) {
            machine.epoch = 0
            machines[machine.id] = machine
        }
        return machines
    }
}
