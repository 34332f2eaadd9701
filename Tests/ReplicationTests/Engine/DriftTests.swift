// What changes at the primary is listed, and re-protecting takes it over.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct DriftTests {
    /// Turns the machine off, changes it, starts it again.
    private func change(
        _ world: World, _ change: @escaping @Sendable (inout VirtualMachine) -> Void
    ) async throws {
        try await world.fabric.stop(World.oslo)
        try await world.fabric.update(World.oslo, change)
        try await world.fabric.start(World.oslo)
    }

    @Test func `R-14 a changed configuration is listed, not applied, until it is taken over`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 3)
        #expect(try await world.engine.drift(of: "web").isEmpty)
        try await change(world) {
            $0.processors = 8
            $0.memory = ByteCount(4 << 30)
            $0.nics[0].mac = "52:54:00:00:00:09"
            $0.nics.append(NetworkCard(name: "nic1", mac: "52:54:00:00:00:02"))
        }
        _ = try await world.engine.sync("web")
        let drift = try await world.engine.drift(of: "web")
        #expect(drift.map(\.kind) == [.processors, .memory, .cardChanged, .cardAdded])
        #expect(drift.first?.description == "processors: 8 at the primary, 2 at the replica")
        #expect(try await world.fabric.machine(World.bergen).processors == 2)
        try await world.fabric.setFailoverAddress(
            FailoverAddress("10.0.0.9"), nic: "nic0", of: World.bergen)
        let taken = try await world.engine.reprotect("web")
        // Disks are as they were: points and deltas go on.
        #expect(taken.state == .replicating)
        #expect(taken.points.count == 2)
        #expect(try await world.engine.drift(of: "web").isEmpty)
        let replica = try await world.fabric.machine(World.bergen)
        #expect(replica.processors == 8)
        #expect(replica.nics.first?.failoverAddress == FailoverAddress("10.0.0.9"))
        #expect(replica.nics.first?.switchName == "tenant")
    }

    @Test func `R-14 a new disk and a grown one are listed, then sent with the delta`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 3)
        try await world.write(Noise.bytes(65_536, seed: 1), at: 0)
        _ = try await world.engine.sync("web")
        try await change(world) {
            $0.disks[0].size = ByteCount(5 << 20)
            $0.disks.append(Disk(name: "disk1", size: ByteCount(1 << 20)))
        }
        #expect(
            try await world.engine.drift(of: "web").map(\.kind) == [.diskResized, .diskAdded])
        await #expect(code { _ = try await world.engine.sync("web") } == .sizeChanged)
        try await world.write(Noise.bytes(65_536, seed: 2), at: 4 << 20)
        let added = try DiskImage(
            folder: try await world.fabric.folder(of: World.oslo), disk: "disk1")
        try Noise.bytes(131_072, seed: 3).withUnsafeBytes { try added.write(at: 0, $0) }
        let taken = try await world.engine.reprotect("web", operation: "run-1")
        #expect(taken.state == .waitingForResync)
        #expect(taken.disks.map(\.name) == ["disk0", "disk1"])
        // What the replica held can still be failed over to.
        #expect(taken.points.map(\.sequence) == [0])
        let again = try await world.engine.reprotect("web", operation: "run-1")
        #expect(again == taken)
        let sent = taken.statistics.bytesSent
        _ = try await world.engine.sync("web")
        let protection = try await world.protection()
        #expect(protection.state == .replicating)
        #expect(protection.statistics.bytesSent - sent < 3 * 65_536 + 2000)
        #expect(try await world.areEqual())
        #expect(
            try await world.bytes(World.oslo, disk: "disk1")
                == world.bytes(World.bergen, disk: "disk1"))
        #expect(try await world.engine.drift(of: "web").isEmpty)
    }

    @Test func `R-14 R-6 a new disk that cannot be replicated is refused, or left out on purpose`()
        async throws
    {
        let world = try await World.replicating()
        try await change(world) {
            $0.disks.append(Disk(name: "disk1", kind: .passThrough, size: ByteCount(1 << 20)))
        }
        #expect(try await world.engine.drift(of: "web").map(\.kind) == [.diskAdded])
        await #expect(
            code { _ = try await world.engine.reprotect("web") } == .diskNotReplicable)
        let taken = try await world.engine.reprotect("web", excluding: ["disk1"])
        #expect(taken.excludedDisks == ["disk1"])
        #expect(try await world.engine.drift(of: "web").isEmpty)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
    }

    @Test(arguments: [true, false])
    func `death while drift is taken over is survived`(_ diesAfter: Bool) async throws {
        for step in 0..<200 {
            let world = try await World(diskBytes: 1 << 18)
            try await world.protect()
            _ = try await world.engine.firstCopy("web")
            try await world.fabric.start(World.oslo)
            try await change(world) {
                $0.processors = 4
                $0.disks[0].size = ByteCount(1 << 19)
                $0.disks.append(Disk(name: "disk1", size: ByteCount(1 << 18)))
            }
            let life = Life(endsAt: step, diesAfter: diesAfter)
            _ = try? await world.mortalEngine(life).reprotect("web", operation: "key")
            if life.hasEnded {
                _ = try await world.newEngine().reprotect("web", operation: "key")
            }
            _ = try await world.engine.sync("web")
            #expect(try await world.areEqual(), "death at \(step)")
            #expect(try await world.engine.drift(of: "web").isEmpty)
            if !life.hasEnded { return }
        }
        Issue.record("re-protecting does not end within 200 changes")
    }
}
