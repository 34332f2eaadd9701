// Writers, cutters and readers against each other: threads, a second process, and kills.
import Foundation
import Glibc
import Model
import Synchronization
import Testing

@testable import Fabric

@Suite struct TrackedWritesTests {
    static let blockBytes = 65_536
    static let halfBytes = blockBytes / 2
    static let diskBytes = 16 * blockBytes

    private func world() async throws -> World {
        let world = try await World()
        let sizes = [Self.diskBytes, Self.diskBytes]
        try await world.fabric.define(World.machine(sizes: sizes))
        try await world.fabric.start(World.oslo)
        return world
    }

    /// Four guests, two to a block, write count after count to disk0 and then to disk1: at every
    /// instant disk1 is as far as disk0, or one behind, and what one guest wrote is of one count.
    @Test func `a cut among concurrent writers is one instant of all disks`() async throws {
        let world = try await world()
        let folder = try await world.fabric.folder(of: World.oslo)
        let source = try await world.changes()
        let progress = Progress()
        let threads = BlockingThreads(count: 5)
        var replica = try await withThrowingTaskGroup { group in
            for writer in 0..<4 {
                group.addTask {
                    try await threads.run {
                        try count(to: .max, writer, folder, progress)
                    }
                }
            }
            let replica = try await threads.run {
                try followWriters(source, progress)
            }
            try await group.waitForAll()
            return replica
        }
        try replica.receive()
        try await replica.expectEqual(to: world)
        #expect(replica.counts(of: 3)[0] == replica.counts(of: 3)[1])
    }

    @Test func `a guest in another process is cut at one instant and loses nothing when killed`()
        async throws
    {
        let world = try await world()
        let folder = try await world.fabric.folder(of: World.oslo)
        let source = try await world.changes()
        async let guest: Void = {
            await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
                try count(to: 300, 5, folder)
                kill(getpid(), SIGKILL)
            }
        }()
        var replica = try await BlockingThreads.shared.run {
            var replica = Replica(source: source)
            try replica.receive(everything: true)
            while replica.counts(of: 5)[1] < 300 {
                try replica.receive()
                replica.expectOneInstant(writers: 5..<6)
            }
            return replica
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
        var numbers = SeededGenerator(seed: seed)
        var replica = Replica(source: try await world.changes())
        try replica.receive(everything: true)
        for _ in 0..<40 {
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

/// Cuts again and again, then stops the writers; what arrives is of one instant.
private func followWriters(_ source: any ChangeSource, _ progress: Progress) throws -> Replica {
    defer { progress.stop() }
    var replica = Replica(source: source)
    try replica.receive(everything: true)
    for round in 0..<30 {
        try replica.receive(everything: round % 13 == 12, isDelivered: round % 5 != 4) {
            progress.await(writes: round % 3 == 0 ? 20 : 1)
        }
        replica.expectOneInstant(writers: 0..<4)
    }
    return replica
}

/// How far the writers of this process are, and whether they shall stop.
private final class Progress: Sendable {
    private let writes = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)

    var isStopped: Bool { stopped.load(ordering: .relaxed) }
    func stop() { stopped.store(true, ordering: .relaxed) }
    func wrote() { writes.add(1, ordering: .relaxed) }

    /// Returns when so many more writes have been made.
    func await(writes more: Int) {
        let goal = writes.load(ordering: .relaxed) + more
        while writes.load(ordering: .relaxed) < goal { sched_yield() }
    }
}

/// Writes 1, 2, … to half a block of disk0 and then of disk1.
private func count(
    to last: UInt32, _ writer: Int, _ folder: String, _ progress: Progress = Progress()
) throws {
    let disks = try ["disk0", "disk1"].map { try DiskImage(folder: folder, disk: $0) }
    var number: UInt32 = 0
    while number < last, !progress.isStopped {
        number += 1
        let bytes = [UInt32](repeating: number, count: TrackedWritesTests.halfBytes / 4)
        for disk in disks {
            try bytes.withUnsafeBytes {
                try disk.write(at: Int64(writer * TrackedWritesTests.halfBytes), $0)
            }
            progress.wrote()
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
    /// `meanwhile` runs before the cut is read, which is read twice.
    mutating func receive(
        everything: Bool = false, isDelivered: Bool = true, meanwhile: () -> Void = {}
    ) throws {
        let cut = try source.cut(everything: everything)
        meanwhile()
        var received = images
        for (index, disk) in cut.disks.enumerated() {
            if cut.coverage != .delta {
                received[index] = [UInt8](repeating: 0, count: received[index].count)
            }
            try disk.apply(to: &received[index], blockBytes: cut.blockBytes)
            let once = received[index]
            try disk.apply(to: &received[index], blockBytes: cut.blockBytes)
            #expect(received[index] == once, "a cut changed between two looks")
        }
        guard isDelivered else { return try source.fail(cut.token) }
        images = received
        try source.acknowledge(cut.token)
    }

    /// The count a writer's block holds on each disk; -1 where it holds more than one.
    func counts(of writer: Int) -> [Int] {
        images.map { image in
            let start = writer * TrackedWritesTests.halfBytes
            return image.withUnsafeBytes { bytes in
                let half = bytes.baseAddress! + start
                // Equal to itself moved by one number: then all its numbers are equal.
                let isUniform =
                    memcmp(half, half + 4, TrackedWritesTests.halfBytes - 4) == 0
                return isUniform ? Int(half.load(as: UInt32.self)) : -1
            }
        }
    }

    func expectOneInstant(writers: Range<Int>) {
        for writer in writers {
            let counts = counts(of: writer)
            #expect(counts[0] >= 0 && counts[1] >= 0, "writer \(writer): a torn write")
            #expect([0, 1].contains(counts[0] - counts[1]), "writer \(writer): \(counts)")
        }
    }

    func expectEqual(to world: World, _ comment: String = "") async throws {
        for (index, image) in images.enumerated() {
            #expect(try await world.imageBytes("disk\(index)") == image, "\(comment), disk\(index)")
        }
    }
}
