// F-10: a disk's content is proven against what replication carried before anything boots from it.
import Fabric
import Foundation
import Glibc
import Model
import Testing

@testable import Replication

@Suite struct ProofTests {
    private static let size = 4 << 20

    /// Three points an hour apart, and the bytes of each.
    private static func world(disks: Int = 1) async throws -> (World, [Int: Data]) {
        let world = try await World.replicating(pointsKept: 5, disks: disks)
        var cuts = [1: try await world.bytes(World.oslo)]
        for number in 2...3 {
            world.clock.advance(.seconds(3600))
            try await world.write(
                Noise.bytes(70_000, seed: UInt64(number)), at: Int64(number) * 65_536)
            cuts[number] = try await world.bytes(World.oslo)
            _ = try await world.engine.sync("web")
        }
        return (world, cuts)
    }

    /// A bit that turns by itself: the file's times say nothing of it.
    private static func flip(_ path: String, at offset: Int) throws {
        var status = stat()
        #expect(stat(path, &status) == 0)
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        try handle.seek(toOffset: UInt64(offset))
        let byte = try #require(try handle.read(upToCount: 1)?.first)
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: Data([byte ^ 1]))
        try handle.close()
        let times = [status.st_atim, status.st_mtim]
        #expect(utimensat(AT_FDCWD, path, times, 0) == 0)
    }

    private static func root(of bytes: Data) -> String {
        let identity = HashFile.Identity(
            generation: 9, blockBytes: 65_536, diskBytes: Int64(bytes.count))
        let hashes = stride(from: 0, to: bytes.count, by: 65_536).map { start in
            let block = Data(bytes[start..<min(start + 65_536, bytes.count)])
            return block.withUnsafeBytes { BlockHash(ofBlock: $0) }
        }
        return HashTree.root(over: hashes, identity).description
    }

    @Test func `F-10: every point carries the roots of its disks, and proves them`() async throws {
        let (world, cuts) = try await Self.world(disks: 2)
        for point in try await world.engine.points(of: "web") {
            #expect(point.roots.first == Self.root(of: try #require(cuts[point.sequence])))
            let proof = try await world.engine.proveContent(of: "web", point: point.sequence)
            #expect(proof.roots.values.sorted() == point.roots.sorted())
            #expect(proof.point == point.sequence)
        }
        let roots = try await world.engine.points(of: "web").map { $0.roots[0] }
        #expect(Set(roots).count == 3)
        #expect(try await world.engine.proveContent(of: "web").point == 3)
    }

    @Test(arguments: [0, 65_536 * 3 + 17, size - 1])
    func `F-10: a flipped bit stops a failover and a test, naming disk and block`(
        _ offset: Int
    ) async throws {
        let (world, _) = try await Self.world()
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.bergen)
        try Self.flip(path, at: offset)
        try await world.fabric.lose("oslo")
        let request = FailoverRequest(.unplanned)
        do {
            _ = try await world.engine.failOver("web", request)
            Issue.record("a flipped bit was not noticed")
        } catch let failure as Failure {
            #expect(failure.code == .contentDiffers)
            #expect(failure.context["disk"] == "disk0")
            #expect(failure.context["block"] == String(offset / 65_536))
        }
        #expect(try await world.engine.state(of: "web") == .replicating)
        #expect(try await world.fabric.machine(World.bergen).role == .replica)
        await #expect(
            code { _ = try await world.engine.testFailover("web") } == .contentDiffers)
        #expect(try await world.fabric.machines(at: "bergen").count == 1)
        await #expect(
            code { _ = try await world.engine.proveContent(of: "web") } == .contentDiffers)
    }

    @Test func `F-10: an older point whose blocks are whole is proven though the latest is not`()
        async throws
    {
        let (world, cuts) = try await Self.world()
        // Block 3 was written for point 3: the undo log has what it was before.
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.bergen)
        try Self.flip(path, at: 3 * 65_536 + 1)
        await #expect(
            code { _ = try await world.engine.proveContent(of: "web") } == .contentDiffers)
        let id = try await world.engine.testFailover("web", point: 2)
        #expect(try await world.bytes(id) == cuts[2])
    }

    @Test func `F-10: a proof is skipped with a reason only, and the reason is kept`()
        async throws
    {
        let (world, _) = try await Self.world()
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.bergen)
        try Self.flip(path, at: 9)
        try await world.fabric.lose("oslo")
        var request = FailoverRequest(.unplanned, proof: .skipped(reason: ""))
        await #expect(code { _ = try await world.engine.failOver("web", request) } == .usage)
        _ = try await world.engine.testFailover("web", proof: .skipped(reason: "a look"))
        #expect(try await world.protection().test?.proof?.skippedBecause == "a look")
        request.proof = .skipped(reason: "the page cannot wait")
        let done = try await world.engine.failOver("web", request)
        #expect(done.failover?.proof?.skippedBecause == "the page cannot wait")
        try await world.fabric.start(World.bergen)
    }

    @Test func `F-10: the proof is kept with the failover, backwards and forwards`() async throws {
        let (world, cuts) = try await Self.world()
        try await world.fabric.lose("oslo")
        for point in [1, 3, 2] {
            let done = try await world.engine.failOver(
                "web", FailoverRequest(.unplanned, point: point))
            let root = Self.root(of: try #require(cuts[point]))
            #expect(done.failover?.proof?.roots == ["disk0": root])
        }
    }

    @Test func `F-10: hashes that were changed together with the disk do not pass`() async throws {
        let (world, _) = try await Self.world()
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.bergen)
        try Self.flip(path, at: 0)
        let bytes = try await world.bytes(World.bergen)
        let hash = bytes.prefix(65_536).withUnsafeBytes { BlockHash(ofBlock: $0) }
        let file = try HostFiles().open(world.replicaFolder().hashFile(of: "disk0"), .write)
        let identity = HashFile.Identity(
            generation: 1, blockBytes: 65_536, diskBytes: Int64(Self.size))
        try HashFile.write([hash], at: 0, identity, into: file)
        do {
            _ = try await world.engine.proveContent(of: "web")
            Issue.record("a changed disk was proven by changed hashes")
        } catch let failure as Failure {
            #expect(failure.code == .contentDiffers)
            #expect(failure.context["disk"] == "disk0")
            #expect(failure.context["block"] == nil)
        }
    }

    @Test func `F-10: a resync mends what a proof has found`() async throws {
        let (world, _) = try await Self.world()
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.bergen)
        try Self.flip(path, at: 5)
        await #expect(
            code { _ = try await world.engine.proveContent(of: "web") } == .contentDiffers)
        _ = try await world.engine.sync("web")
        #expect(try await !world.areEqual())
        let sent = try await world.protection().statistics.bytesSent
        _ = try await world.engine.resync("web")
        #expect(try await world.areEqual())
        #expect(try await world.protection().statistics.bytesSent - sent < 70_000)
        _ = try await world.engine.proveContent(of: "web")
        #expect(try await !world.protection().isReplicaDoubted)
    }

    @Test func `F-10: what was never recorded is unproven, and said to be`() async throws {
        let (world, _) = try await Self.world()
        var protection = try await world.protection()
        protection.points[2].roots = []
        try await world.ledger.save(protection)
        await #expect(
            code { _ = try await world.engine.proveContent(of: "web") } == .contentUnproven)
        _ = try await world.engine.sync("web")
        _ = try await world.engine.proveContent(of: "web")
    }

    @Test func `F-10: after a planned failover both sides are proven to hold one point`()
        async throws
    {
        let (world, _) = try await Self.world()
        try await world.failOverPlanned()
        _ = try await world.engine.reverse("web")
        try await world.fabric.start(World.bergen)
        try await world.write([7], at: 0, on: World.bergen)
        _ = try await world.engine.sync("web")
        let point = try #require(try await world.engine.points(of: "web").last)
        #expect(point.roots == [Self.root(of: try await world.bytes(World.bergen))])
        _ = try await world.engine.proveContent(of: "web")
    }

    @Test func `F-10: an old primary that rotted is found when it becomes a replica`()
        async throws
    {
        let (world, _) = try await Self.world()
        try await world.failOverPlanned()
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.oslo)
        try Self.flip(path, at: 70_000)
        #expect(try await world.engine.reverse("web").state == .replicating)
        try await world.fabric.start(World.bergen)
        try await world.write([7], at: 0, on: World.bergen)
        await #expect(code { _ = try await world.engine.sync("web") } == .contentDiffers)
        #expect(try await world.engine.state(of: "web") == .waitingForResync)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        _ = try await world.engine.proveContent(of: "web")
    }

    @Test func `F-10: nodes follow their leaves, one by one or all at once`() throws {
        let folder = try TemporaryFolder()
        let identity = HashFile.Identity(
            generation: 1, blockBytes: 4096, diskBytes: 1000 * 4096 - 512)
        var generator = SeededGenerator(seed: 5)
        var hashes = [BlockHash](repeating: .zeros, count: identity.blocks)
        let path = folder.path("disk0.hashes")
        try HashFile.create(path, in: folder.path, identity, hashes, files: HostFiles())
        let file = try HostFiles().open(path, .write)
        for _ in 0..<50 {
            let block = Int.random(in: 0..<hashes.count, using: &generator)
            hashes[block] = BlockHash(
                low: Bool.random(using: &generator) ? 0 : generator.next(), high: 0)
            try HashFile.write([hashes[block]], at: block, identity, into: file)
            try HashFile.updateNodes(over: [block], identity, in: file)
            let root = try HashFile.root(path, identity, files: HostFiles())
            #expect(root == HashTree.root(over: hashes, identity), "seed 5")
            #expect(try HashFile.read(path, identity, files: HostFiles()) == hashes)
        }
    }
}
