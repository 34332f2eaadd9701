// First copies, cycles, resyncs: what travels, and that the replica equals the primary at the cut.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct CycleTests {
    @Test func `a first copy brings every allocated block and no hole`() async throws {
        let world = try await World(disks: 2)
        try await world.protect()
        let point = try await world.engine.firstCopy("web")
        #expect(point.sequence == 1)
        for disk in ["disk0", "disk1"] {
            #expect(
                try await world.bytes(World.oslo, disk: disk)
                    == world.bytes(World.bergen, disk: disk))
        }
        let protection = try await world.protection()
        #expect(protection.state == .replicating)
        // Half of each image is a hole and stays one.
        #expect(protection.statistics.bytesSent < 2 * (2 << 20) + 10_000)
        await #expect(
            code { _ = try await world.engine.firstCopy("web") } == .transitionRefused)
    }

    @Test func `R-9 the replica is the primary of one instant while the guest goes on writing`()
        async throws
    {
        let world = try await World.replicating()
        let blocks = 16
        let image = try DiskImage(
            folder: try await world.fabric.folder(of: World.oslo), disk: world.disk)
        let isOver = Locked(false)
        let writer = Task.detached {
            // Block n mod 16 gets the number n, one after the other.
            var number: Int64 = 1
            while !isOver.withLock({ $0 }) {
                let place = (number % Int64(blocks)) * 65_536
                try withUnsafeBytes(of: number) { try image.write(at: place, $0) }
                number += 1
            }
        }
        for _ in 0..<8 {
            _ = try await world.engine.sync("web")
            let replica = try await world.bytes(World.bergen)
            let numbers = (0..<blocks).map { block in
                replica.withUnsafeBytes {
                    $0.loadUnaligned(fromByteOffset: block * 65_536, as: Int64.self)
                }
            }
            // One instant: the numbers are the newest sixteen, without a gap, or from before.
            let newest = numbers.filter { $0 < 1 << 40 && $0 > 0 }.max() ?? 0
            for block in 0..<blocks where newest > blocks {
                let behind = (newest - Int64(block)) % Int64(blocks)
                #expect(numbers[block] == newest - (behind + Int64(blocks)) % Int64(blocks))
            }
        }
        isOver.withLock { $0 = true }
        try await writer.value
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
    }

    @Test(arguments: [true, false])
    func `R-10 a delta of 100 MiB of zeros crosses in under 1 MiB, and whole when that is off`(
        _ isCompressed: Bool
    ) async throws {
        let world = try await World(diskBytes: 208 << 20)
        try await world.protect(isCompressed: isCompressed)
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        let sent = try await world.protection().statistics.bytesSent
        let zeros = [UInt8](repeating: 0, count: 4 << 20)
        for piece in 0..<25 { try await world.write(zeros, at: Int64(piece) * Int64(zeros.count)) }
        _ = try await world.engine.sync("web")
        let cost = try await world.protection().statistics.bytesSent - sent
        #expect(isCompressed ? cost < 1 << 20 : cost > 100 << 20)
        #expect(try await world.areEqual())
    }

    @Test(arguments: [true, false])
    func `R-10 text is compressed unless that is off`(_ isCompressed: Bool) async throws {
        let world = try await World()
        try await world.protect(isCompressed: isCompressed)
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        let sent = try await world.protection().statistics.bytesSent
        try await world.write([UInt8](repeating: 65, count: 1 << 20), at: 0)
        _ = try await world.engine.sync("web")
        let cost = try await world.protection().statistics.bytesSent - sent
        #expect(isCompressed ? cost < 20_000 : cost > 1 << 20)
        #expect(try await world.areEqual())
    }

    @Test func `R-11 each kept point gives the bytes of its cut, and the oldest gives way`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 4)
        var cuts: [Int: Data] = [1: try await world.bytes(World.oslo)]
        for number in 2...7 {
            world.clock.advance(.seconds(3600))
            let bytes = Noise.bytes(90_000, seed: UInt64(number))
            try await world.write(bytes, at: Int64(number % 3) * 131_072)
            let point = try await world.engine.sync(
                "web", kind: number == 5 ? .appConsistent : .standard)
            cuts[point.sequence] = try await world.bytes(World.oslo)
        }
        let points = try await world.engine.points(of: "web")
        #expect(points.map(\.sequence) == [4, 5, 6, 7])
        #expect(points.map(\.kind) == [.standard, .appConsistent, .standard, .standard])
        #expect(try await world.engine.lossWindow(of: "web", point: 4) == .seconds(3 * 3600))
        let protection = try await world.protection()
        let chain = RecoveryPointChain(
            protection: protection, folder: world.replicaFolder(),
            images: [try await world.fabric.imagePath(of: "disk0", machine: World.bergen)],
            files: HostFiles())
        for point in points {
            var bytes = Data(count: 4 << 20)
            let reader = try chain.open(point.sequence)
            try bytes.withUnsafeMutableBytes { try reader.read(disk: 0, at: 0, into: $0) }
            #expect(bytes == cuts[point.sequence], "point \(point.sequence)")
        }
        let kept = try HostFiles().names(in: world.replicaFolder().undo)
        #expect(kept.count == 3)
    }

    @Test func `a resync sends the differing blocks only and keeps the points`() async throws {
        let world = try await World.replicating(pointsKept: 5)
        try await world.write(Noise.bytes(65_536, seed: 8), at: 0)
        world.clock.advance(.seconds(3600))
        _ = try await world.engine.sync("web")
        let sent = try await world.protection().statistics.bytesSent
        try await world.write(Noise.bytes(65_536, seed: 9), at: 65_536)
        world.clock.advance(.seconds(3600))
        _ = try await world.engine.resync("web")
        let protection = try await world.protection()
        #expect(protection.statistics.bytesSent - sent < 70_000)
        #expect(protection.points.map(\.sequence) == [1, 2, 3])
        #expect(try await world.areEqual())
    }

    @Test func `a disk changed behind our back is scanned, and what differs is sent`() async throws
    {
        let world = try await World.replicating()
        try await world.fabric.stop(World.oslo)
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.oslo)
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seek(toOffset: 3 << 20)
        try handle.write(contentsOf: Data([1, 2, 3]))
        try handle.close()
        let sent = try await world.protection().statistics.bytesSent
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        #expect(try await world.protection().statistics.bytesSent - sent < 70_000)
    }

    @Test func `what was done under a key is not done again`() async throws {
        let world = try await World.replicating()
        try await world.write([1], at: 0)
        let first = try await world.engine.sync("web", operation: "run-1")
        let again = try await world.engine.sync("web", operation: "run-1")
        #expect(first == again)
        #expect(try await world.protection().appliedSequence == first.sequence)
        #expect(try await world.engine.operation("run-1", of: "web")?.verb == "sync")
        #expect(try await world.engine.operation("run-2", of: "web") == nil)
        #expect(
            try await world.engine.sync("web", operation: "run-2").sequence == first.sequence + 1)
    }

    @Test func `R-19 measure counts, averages and names the last error`() async throws {
        let world = try await World.replicating()
        world.clock.advance(.seconds(60))
        try await world.write([1], at: 0)
        let measure = try await world.engine.measure("web")
        #expect(measure.state == .replicating)
        #expect(measure.health == .normal)
        #expect(measure.pending?.bytes == 65_536)
        #expect(measure.succeeded == 1)
        #expect(measure.averageSize == measure.maximumSize)
        try await world.fabric.cut("oslo")
        await #expect(code { _ = try await world.engine.sync("web") } == .siteUnreachable)
        let failed = try await world.engine.measure("web")
        #expect(failed.state == .error)
        #expect(failed.health == .critical)
        #expect(failed.errors == 1)
        #expect(failed.pending == nil)
        #expect(failed.lastError?.contains("oslo") == true)
        try await world.fabric.heal("oslo")
        _ = try await world.engine.sync("web")
        let healed = try await world.engine.measure("web")
        #expect(healed.state == .replicating)
        #expect(healed.lastError == nil)
        #expect(try await world.areEqual())
    }
}
