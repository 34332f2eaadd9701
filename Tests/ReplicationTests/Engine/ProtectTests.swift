// Protecting and removing: what is made, and what is refused.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct ProtectTests {
    @Test func `R-7 protecting makes a turned-off machine with equal cpu, memory and cards`()
        async throws
    {
        let world = try await World()
        let protection = try await world.protect()
        #expect(protection.state == .readyForInitialReplication)
        let primary = try await world.fabric.machine(World.oslo)
        let replica = try await world.fabric.machine(World.bergen)
        #expect(replica.power == .off)
        #expect(replica.role == .replica)
        #expect(replica.processors == primary.processors)
        #expect(replica.memory == primary.memory)
        #expect(replica.nics == primary.nics)
        #expect(replica.disks == primary.disks)
        // Enabling does not start the first copy.
        let image = try await world.bytes(World.bergen)
        #expect(image == Data(count: image.count))
        await #expect(code { try await world.fabric.start(World.bergen) } == .machineIsReplica)
    }

    @Test func `R-6 a disk that cannot be replicated is refused by name, or left out on purpose`()
        async throws
    {
        let world = try await World()
        let id = MachineID(site: "oslo", name: "sql")
        let image = try await world.fabric.imagePath(of: "disk0", machine: World.oslo)
        try await world.fabric.importMachine(
            VirtualMachine(id: id, host: "oslo-host"),
            disks: [.image(path: image), .declared(.passThrough, size: ByteCount(1 << 20))])
        do {
            _ = try await world.engine.protect(id, ProtectionOptions(target: "bergen"))
            Issue.record("a pass-through disk was protected")
        } catch let failure as Failure {
            #expect(failure.code == .diskNotReplicable)
            #expect(failure.context["disk"] == "disk1")
        }
        #expect(try await world.engine.state(of: "sql") == .disabled)
        let chosen = try await world.engine.protect(
            id, ProtectionOptions(target: "bergen", disks: ["disk0"]))
        #expect(chosen.disks.map(\.name) == ["disk0"])
        #expect(chosen.excludedDisks == ["disk1"])
        _ = try await world.engine.firstCopy("sql")
        let replica = MachineID(site: "bergen", name: "sql")
        #expect(try await world.areEqual(id, replica))
    }

    @Test func `R-15 a second protection, a replica, its own site and unknown names are refused`()
        async throws
    {
        let world = try await World()
        await #expect(
            code {
                _ = try await world.engine.protect(World.oslo, ProtectionOptions(target: "oslo"))
            } == .alreadyProtected)
        await #expect(
            code {
                _ = try await world.engine.protect(World.oslo, ProtectionOptions(target: "bergn"))
            } == .unknownName)
        await #expect(
            code {
                _ = try await world.engine.protect(
                    World.oslo, ProtectionOptions(target: "bergen", disks: ["disk7"]))
            } == .unknownName)
        await #expect(
            code {
                _ = try await world.engine.protect(
                    World.oslo, ProtectionOptions(target: "bergen", pointsKept: 25))
            } == .usage)
        try await world.protect()
        await #expect(code { try await world.protect() } == .alreadyProtected)
        await #expect(
            code {
                _ = try await world.engine.protect(World.bergen, ProtectionOptions(target: "oslo"))
            } == .alreadyProtected)
        await #expect(code { _ = try await world.engine.sync("wbe") } == .notProtected)
    }

    @Test func `R-16 removing returns to disabled and leaves the replica's disks`() async throws {
        let world = try await World.replicating()
        try await world.engine.remove("web")
        try await world.engine.remove("web")
        #expect(try await world.engine.state(of: "web") == .disabled)
        #expect(try await world.areEqual())
        #expect(try await world.fabric.machine(World.oslo).power == .running)
        // Protected again, the disks that are there are the base: nothing differs, nothing travels.
        try await world.protect()
        _ = try await world.engine.firstCopy("web")
        #expect(try await world.protection().statistics.bytesSent < 1000)
        try await world.engine.remove("web", deletesReplica: true)
        await #expect(code { _ = try await world.fabric.machine(World.bergen) } == .unknownName)
    }

    @Test func `suspending stops cycles, and resuming sends what was written meanwhile`()
        async throws
    {
        let world = try await World.replicating()
        _ = try await world.engine.suspend("web")
        try await world.write([1], at: 0)
        await #expect(code { _ = try await world.engine.sync("web") } == .transitionRefused)
        let measure = try await world.engine.measure("web")
        #expect(measure.pending?.bytes == 65_536)
        #expect(measure.missed == 1)
        #expect(measure.health == .warning)
        _ = try await world.engine.resume("web")
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
    }
}
