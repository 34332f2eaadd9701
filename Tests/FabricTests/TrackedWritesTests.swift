// Writers, cutters and readers against each other: threads, a second process, and kills.
import Foundation
import Glibc
import Model
import Testing

@testable import Fabric

@Suite struct TrackedWritesTests {
    static let blockBytes = 65_536
    static let diskBytes = 16 * blockBytes

    private func world() async throws -> World {
        let world = try await World()
        let sizes = [Self.diskBytes, Self.diskBytes]
        try await world.fabric.define(World.machine(sizes: sizes))
        try await world.fabric.start(World.oslo)
        return world
    }

    /// Four guests write count after count, each to its own block of disk0 and then of disk1: at every
    /// instant disk1 is as far as disk0, or one behind, and every block holds one count.
    @Test func `a cut among concurrent writers is one instant of all disks`() async throws {
        let world = try await world()
        let folder = try await world.fabric.folder(of: World.oslo)
        let source = try await world.changes()
        var replica = Replica(source: source)
        try replica.receive(everything: true)
        try await withThrowingTaskGroup { group in
            for writer in 0..<4 {
                group.addTask {
                    try await BlockingThreads.shared.run { try count(to: 150, writer, folder) }
                }
            }
            for round in 0..<40 {
                try replica.receive(everything: round % 13 == 12, isDelivered: round % 5 != 4)
                replica.expectOneInstant(writers: 0..<4)
            }
            try await group.waitForAll()
        }
        try replica.receive()
        try await replica.expectEqual(to: world)
        #expect(replica.counts(of: 3) == [150, 150])
    }

    @Test func `a guest in another process is cut at one instant and loses nothing when killed`()
        async throws
    {
        let world = try await world()
        let folder = try await world.fabric.folder(of: World.oslo)
        var replica = Replica(source: try await world.changes())
        try replica.receive(everything: true)
        async let guest: Void = {
            await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
                try count(to: 300, 5, folder)
                kill(getpid(), SIGKILL)
            }
        }()
        while replica.counts(of: 5)[0] < 300 {
            try replica.receive()
            replica.expectOneInstant(writers: 5..<6)
        }
        await guest
        try replica.receive()
        try await replica.expectEqual(to: world)
    }

    @Test func `a cutter that is killed leaves its cut to the next`() async throws {
        let world = try await world()
        let source = try await world.changes()
        try source.acknowledge(try source.cut(everything: true).token)
        try await world.write(1, at: 0)
        let lab = world.fabric.folder
        await #expect(processExitsWith: .signal(SIGKILL)) { [lab = lab as String] in
            let source = try await EmbeddedFabric(folder: lab).changeSource(of: World.oslo)
            _ = try source.cut(everything: false)
            kill(getpid(), SIGKILL)
        }
        try await world.write(2, at: 65_536)
        #expect(try source.cut(everything: false).disks[0].extents == [0..<2])
    }

    /// Writes, cuts that arrive or fail, stops, starts and lost power, in any order.
    @Test(arguments: 0..<20) func `no walk loses a write`(seed: UInt64) async throws {
        let world = try await world()
        var numbers = SeededNumbers(seed: seed)
        var replica = Replica(source: try await world.changes())
        try replica.receive(everything: true)
        for _ in 0..<60 {
            switch Int.random(in: 0..<10, using: &numbers) {
            case 0: try await world.fabric.stop(World.oslo)
            case 1:
                try await world.fabric.lose("oslo")
                try await world.fabric.heal("oslo")
            case 2: try replica.receive(isDelivered: false)
            case 3: try replica.cut()
            case 4:
                replica = Replica(source: try await world.changes(), images: replica.images)
                try replica.receive()
            default:
                try await world.fabric.start(World.oslo)
                let offset = Int64.random(in: 0..<Int64(Self.diskBytes / 512 - 40), using: &numbers)
                try await world.write(
                    .random(in: 1...255, using: &numbers), 512 * 40, at: offset * 512,
                    "disk\(Int.random(in: 0...1, using: &numbers))")
            }
        }
        try replica.receive()
        try await replica.expectEqual(to: world, "seed \(seed)")
    }
}

/// Writes 1, 2, … to a block of disk0 and then of disk1.
private func count(to last: UInt32, _ writer: Int, _ folder: String) throws {
    let disks = try ["disk0", "disk1"].map { try DiskImage(folder: folder, disk: $0) }
    for number in 1...last {
        let block = [UInt32](repeating: number, count: TrackedWritesTests.blockBytes / 4)
        for disk in disks {
            try block.withUnsafeBytes {
                try disk.write(at: Int64(writer * TrackedWritesTests.blockBytes), $0)
            }
        }
    }
}

/// Two disks that are kept by cuts alone.
private struct Replica {
    let source: any ChangeSource
    var images = [[UInt8]](
        repeating: [UInt8](repeating: 0, count: TrackedWritesTests.diskBytes), count: 2)

    func cut() throws { _ = try source.cut(everything: false) }

    /// A cut that is not delivered is read whole all the same, and then fails.
    mutating func receive(everything: Bool = false, isDelivered: Bool = true) throws {
        let cut = try source.cut(everything: everything)
        var received = images
        for (index, disk) in cut.disks.enumerated() {
            if cut.coverage != .delta {
                received[index] = [UInt8](repeating: 0, count: received[index].count)
            }
            try disk.apply(to: &received[index], blockBytes: cut.blockBytes)
        }
        guard isDelivered else { return try source.fail(cut.token) }
        images = received
        try source.acknowledge(cut.token)
    }

    /// The count a writer's block holds on each disk; -1 where it holds more than one.
    func counts(of writer: Int) -> [Int] {
        images.map { image in
            let start = writer * TrackedWritesTests.blockBytes
            return image.withUnsafeBytes { bytes in
                let block = UnsafeRawBufferPointer(
                    rebasing: bytes[start..<(start + TrackedWritesTests.blockBytes)])
                let numbers = block.bindMemory(to: UInt32.self)
                return numbers.allSatisfy { $0 == numbers[0] } ? Int(numbers[0]) : -1
            }
        }
    }

    func expectOneInstant(writers: Range<Int>) {
        for writer in writers {
            let counts = counts(of: writer)
            #expect(counts[0] >= 0 && counts[1] >= 0, "writer \(writer): a torn block")
            #expect([0, 1].contains(counts[0] - counts[1]), "writer \(writer): \(counts)")
        }
    }

    func expectEqual(to world: World, _ comment: String = "") async throws {
        for (index, image) in images.enumerated() {
            #expect(try await world.imageBytes("disk\(index)") == image, "\(comment), disk\(index)")
        }
    }
}
