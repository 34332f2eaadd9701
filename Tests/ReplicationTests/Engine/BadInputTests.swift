// What goes wrong from outside: each a named failure, nothing lost, and the next cycle goes on.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct BadInputTests {
    @Test(arguments: ["outbox", "undo", "bergen/machines"], [0, 1, 2])
    func `a full disk loses nothing, and the next cycle goes on`(
        _ place: String, _ writes: Int
    ) async throws {
        let files = FullDisk()
        let world = try await World.replicating(pointsKept: 3, files: files)
        for piece in 0..<3 {
            try await world.write(
                Noise.bytes(70_000, seed: UInt64(piece + 9)), at: 2 << 20 + Int64(piece) << 18)
        }
        let before = try await world.bytes(World.bergen)
        // A log in one chunk is two writes before its index and one more for the trailer.
        files.fill(after: writes) { $0.contains(place) }
        await #expect(code { _ = try await world.engine.sync("web") } == .fileSystem)
        let measure = try await world.engine.measure("web")
        #expect(measure.state == .error)
        #expect(measure.lastError?.contains("No space left") == true)
        try await world.write(Noise.bytes(5000, seed: 2), at: 1 << 20)
        files.free()
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        #expect(try await world.engine.state(of: "web") == .replicating)
        let chain = RecoveryPointChain(
            protection: try await world.protection(), folder: world.replicaFolder(),
            images: [try await world.fabric.imagePath(of: "disk0", machine: World.bergen)],
            files: HostFiles())
        var oldest = Data(count: before.count)
        try oldest.withUnsafeMutableBytes { try chain.open(1).read(disk: 0, at: 0, into: $0) }
        #expect(oldest == before)
    }

    @Test func `a replica whose disk is full half way is taken back to its point and fails over`()
        async throws
    {
        let files = FullDisk()
        let world = try await World.replicating(files: files)
        let before = try await world.bytes(World.bergen)
        for piece in 0..<3 {
            try await world.write(
                Noise.bytes(65_536, seed: UInt64(piece + 9)), at: Int64(piece * 1_000_000))
        }
        try await world.write(Noise.bytes(65_536, seed: 99), at: 3 << 20)
        files.fill { $0.contains("bergen/machines") }
        await #expect(code { _ = try await world.engine.sync("web") } == .fileSystem)
        #expect(try await world.bytes(World.bergen) != before)
        try await world.fabric.lose("oslo")
        // The latest cannot be had while the disk is full; a point that is whole can.
        await #expect(
            code {
                _ = try await world.engine.failOver("web", FailoverRequest(.unplanned))
            } == .fileSystem)
        _ = try await world.engine.failOver("web", FailoverRequest(.unplanned, point: 1))
        #expect(try await world.bytes(World.bergen) == before)
    }

    @Test func `a log damaged on its way is named, put away and sent again`() async throws {
        let transport = SpoilingTransport()
        let world = try await World.replicating(pointsKept: 3, transport: transport)
        let before = try await world.bytes(World.bergen)
        try await world.write(Noise.bytes(200_000, seed: 1), at: 0)
        let spoils: [@Sendable (inout Data) -> Void] = [
            { $0[$0.count / 2] ^= 1 }, { $0.removeLast(100) }, { $0 = Data() },
        ]
        for spoil in spoils {
            transport.arm(spoil)
            do {
                _ = try await world.engine.sync("web")
                Issue.record("a damaged log was applied")
            } catch let failure as Failure {
                #expect(failure.code == .logDamaged)
                #expect(failure.context["file"]?.hasSuffix("0000000001-0000000002.log") == true)
            }
            #expect(try await world.bytes(World.bergen) == before)
            #expect(try await world.engine.state(of: "web") == .error)
        }
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        #expect(try await world.engine.points(of: "web").map(\.sequence) == [1, 2])
    }

    @Test func `a log of another machine, generation or place in the chain is refused`()
        async throws
    {
        let world = try await World.replicating()
        let folder = world.replicaFolder()
        let protection = try await world.protection()
        func plant(_ name: LogName, _ change: (inout LogHeader) -> Void) throws {
            var header = LogHeader(
                direction: .forward, pointKind: .standard, codec: .none, blockBytes: 65_536,
                vm: "web", generation: 1, sequence: 2, baseSequence: 1,
                cutAt: Timestamp(microseconds: 1),
                previous: BlockHash(text: protection.latestLogHash), disks: protection.disks)
            change(&header)
            let source = LogSource(size: 4 << 20, extents: [0..<1]) { _, buffer in
                buffer.initializeMemory(as: UInt8.self, repeating: 66)
            }
            _ = try LogWriter(files: HostFiles(), workers: 1)
                .write(header, [source], to: folder.receivedLog(name))
        }
        let next = LogName(generation: 1, sequence: 2)
        let changes: [(inout LogHeader) -> Void] = [
            { $0.vm = "sql" }, { $0.generation = 7 }, { $0.baseSequence = 0 },
            { $0.previous = BlockHash(low: 1, high: 1) }, { $0.direction = .backward },
            { $0.disks[0].name = "disk9" },
        ]
        for change in changes {
            try plant(next, change)
            await #expect(code { _ = try await world.engine.sync("web") } == .logRefused)
            #expect(try await world.areEqual())
        }
        try plant(LogName(generation: 1, sequence: 5)) { $0.sequence = 5 }
        await #expect(code { _ = try await world.engine.sync("web") } == .logRefused)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        #expect(try await world.engine.state(of: "web") == .replicating)
    }

    @Test func `a replica somebody wrote to is noticed and resynchronised`() async throws {
        let world = try await World.replicating(pointsKept: 3)
        try await world.write([1], at: 0)
        _ = try await world.engine.sync("web")
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.bergen)
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seek(toOffset: 3 << 20)
        try handle.write(contentsOf: Data([1, 2, 3]))
        try handle.close()
        try await world.write([2], at: 0)
        await #expect(code { _ = try await world.engine.sync("web") } == .replicaChanged)
        #expect(try await world.engine.state(of: "web") == .waitingForResync)
        _ = try await world.engine.sync("web")
        #expect(try await world.engine.state(of: "web") == .replicating)
        #expect(try await world.areEqual())
    }

    @Test func `a disk that is missing or has grown is named`() async throws {
        let world = try await World.replicating()
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.bergen)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        await #expect(code { _ = try await world.engine.sync("web") } == .protectedDiskMissing)
        try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
        _ = try await world.engine.sync("web")
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.truncate(atOffset: 5 << 20)
        try handle.close()
        await #expect(code { _ = try await world.engine.sync("web") } == .sizeChanged)
        #expect(try await world.engine.state(of: "web") == .error)
    }

    @Test func `a damaged undo log costs the points behind it, and no byte of the latest`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 4)
        for number in 2...4 {
            world.clock.advance(.seconds(3600))
            try await world.write(Noise.bytes(65_536, seed: UInt64(number)), at: 0)
            _ = try await world.engine.sync("web")
        }
        let undo = world.replicaFolder().undoLog(LogName(generation: 1, sequence: 3))
        var bytes = try Data(contentsOf: URL(filePath: undo))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: undo))
        #expect(
            await code { _ = try await world.engine.testFailover("web", point: 2) } == .logDamaged)
        try await world.engine.cleanUp("web")
        _ = try await world.engine.testFailover("web", point: 3)
        try await world.engine.cleanUp("web")
        try await world.write([1], at: 0)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
    }
}
