// Hourly points under cycles of minutes: the bytes of each hour, and undo logs that stay few.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct ThinningTests {
    private static let fiveMinutes = Duration.seconds(300)

    @Test func `R-11: cycles of five minutes leave hourly points with the bytes of their hour`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 4)
        var cuts: [Int: Data] = [1: try await world.bytes(World.oslo)]
        for number in 2...52 {
            world.clock.advance(Self.fiveMinutes)
            try await world.write(
                Noise.bytes(5000, seed: UInt64(number)), at: Int64(number % 7) * 65_536)
            cuts[number] = try await world.bytes(World.oslo)
            _ = try await world.engine.sync("web")
        }
        #expect(try await world.engine.points(of: "web").map(\.sequence) == [25, 37, 49, 52])
        try await world.expectPoints(cuts)
        // One for each closed gap; the open one holds three.
        #expect(try HostFiles().names(in: world.replicaFolder().undo).count == 5)
    }

    @Test func `R-11: the 25th point evicts the oldest, and its undo log goes`() async throws {
        let world = try await World.replicating(pointsKept: 24)
        var cuts: [Int: Data] = [1: try await world.bytes(World.oslo)]
        for number in 2...25 {
            world.clock.advance(.seconds(3600))
            try await world.write(
                Noise.bytes(5000, seed: UInt64(number)), at: Int64(number % 5) * 131_072)
            cuts[number] = try await world.bytes(World.oslo)
            _ = try await world.engine.sync("web")
            let points = try await world.engine.points(of: "web").map(\.sequence)
            #expect(points == Array(max(1, number - 23)...number))
        }
        try await world.expectPoints(cuts)
        #expect(try HostFiles().names(in: world.replicaFolder().undo).count == 23)
    }

    @Test func `R-11: hundreds of cycles in one hour leave few undo logs`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 3)
        let before = try await world.bytes(World.oslo)
        for number in 0..<100 {
            world.clock.advance(.seconds(1))
            try await world.write(
                Noise.bytes(64, seed: UInt64(number)), at: Int64(number % 11) * 65_536)
            _ = try await world.engine.sync("web")
            let names = try HostFiles().names(in: world.replicaFolder().undo)
            #expect(names.count <= Limits.undoLinksMax + 1)
        }
        #expect(try await world.engine.points(of: "web").map(\.sequence) == [1, 101])
        try await world.expectPoints([1: before, 101: try await world.bytes(World.oslo)])
    }

    @Test func `R-11: an unplanned failover goes through thinned points, back and forth`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 4)
        var cuts: [Int: Data] = [1: try await world.bytes(World.oslo)]
        for number in 2...9 {
            world.clock.advance(.seconds(900))
            try await world.write(
                Noise.bytes(70_000, seed: UInt64(number)), at: Int64(number % 3) * 65_536)
            cuts[number] = try await world.bytes(World.oslo)
            _ = try await world.engine.sync("web")
        }
        let points = try await world.engine.points(of: "web").map(\.sequence)
        #expect(points == [1, 5, 9])
        try await world.fabric.lose("oslo")
        for point in [1, 9, 5, 1, 5, 9] {
            _ = try await world.engine.failOver("web", FailoverRequest(.unplanned, point: point))
            #expect(try await world.bytes(World.bergen) == cuts[point], "point \(point)")
        }
        await #expect(
            code {
                _ = try await world.engine.failOver("web", FailoverRequest(.unplanned, point: 4))
            } == .pointMissing)
    }

    @Test func `R-11: a full disk puts merging off, and no point is lost`() async throws {
        let files = FullDisk()
        let world = try await World.replicating(pointsKept: 3, files: files)
        var cuts: [Int: Data] = [1: try await world.bytes(World.oslo)]
        for number in 2...8 {
            world.clock.advance(.seconds(1200))
            try await world.write(
                Noise.bytes(70_000, seed: UInt64(number)), at: Int64(number % 3) * 65_536)
            cuts[number] = try await world.bytes(World.oslo)
            // The application's own undo log is written before; what follows it is refused.
            let next = "\(number)".padded + ".undo.part"
            files.fill { $0.contains("/undo/") && !$0.hasSuffix(next) }
            _ = try await world.engine.sync("web")
        }
        #expect(try await world.engine.points(of: "web").map(\.sequence) == [4, 7, 8])
        #expect(try HostFiles().names(in: world.replicaFolder().undo).count == 4)
        try await world.expectPoints(cuts)
        files.free()
        _ = try await world.engine.sync("web")
        #expect(try HostFiles().names(in: world.replicaFolder().undo).count == 3)
        try await world.expectPoints(cuts)
    }

    @Test func `which links are merged follows from the points and their sizes`() {
        func link(_ from: Int, _ to: Int, _ bytes: Int64 = 100) -> UndoLink {
            UndoLink(from: from, to: to, bytes: bytes)
        }
        let few = [link(9, 8), link(8, 7), link(7, 5), link(5, 4), link(4, 3), link(3, 1)]
        let rows = few.rowsToMerge(keeping: [1, 3, 5, 9])
        #expect(rows == [[link(5, 4), link(4, 3)]])
        // In the open gap a large old one is left alone.
        let young = (0..<Limits.undoLinksMax).map { link(100 - $0, 99 - $0) }
        let old = link(100 - young.count, 1, 1_000_000)
        #expect((young + [old]).rowsToMerge(keeping: [1, 100]) == [young])
        #expect(young.rowsToMerge(keeping: [100 - young.count, 100]).isEmpty)
    }
}

extension String {
    /// As a log's name has its number.
    fileprivate var padded: String { String(repeating: "0", count: 10 - count) + self }
}

extension World {
    func chain() async throws -> RecoveryPointChain {
        let protection = try await protection()
        var images: [String] = []
        for disk in protection.disks {
            images.append(try await fabric.imagePath(of: disk.name, machine: protection.replica))
        }
        return RecoveryPointChain(
            protection: protection, folder: replicaFolder(protection.replica.site),
            images: images, files: HostFiles())
    }

    func bytes(ofPoint point: Int, disk: Int = 0) async throws -> Data {
        let chain = try await chain()
        var bytes = Data(count: Int(try await protection().disks[disk].size.bytes))
        let reader = try chain.open(point)
        try bytes.withUnsafeMutableBytes { try reader.read(disk: disk, at: 0, into: $0) }
        return bytes
    }

    /// Every point that can be chosen has the bytes its number is given here.
    func expectPoints(_ cuts: [Int: Data]) async throws {
        for point in try await engine.points(of: "web") {
            if let expected = cuts[point.sequence] {
                #expect(try await bytes(ofPoint: point.sequence) == expected, "\(point)")
            }
        }
    }
}
