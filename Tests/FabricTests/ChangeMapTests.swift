// What the record of writes promises: no write is lost over cuts, failures, deaths and ends of any
// kind.
import Foundation
import Model
import Testing

@testable import Fabric

@Suite struct ChangeMapTests {
    /// A running machine whose first copy is acknowledged.
    private func protected() async throws -> (World, any ChangeSource) {
        let world = try await World()
        try await world.define(isRunning: true)
        let source = try await world.changes()
        try source.acknowledge(try source.cut(everything: true).token)
        return (world, source)
    }

    @Test func `a machine that was never copied gives everything`() async throws {
        let world = try await World()
        try await world.define()
        let cut = try await world.changes().cut(everything: false)
        #expect(cut.coverage == .recordLost)
        #expect(cut.disks.map(\.extents) == [[], []])
    }

    @Test func `a cut holds the blocks written before it and none written after`() async throws {
        let (world, source) = try await protected()
        try await world.write(1, 600, at: 65_536 - 100)
        try await world.write(2, at: 65_536, "disk1")
        let cut = try source.cut(everything: false)
        try await world.write(3, at: 10 * 65_536)
        #expect(cut.disks.map(\.extents) == [[0..<2], [1..<2]])
        #expect(cut.disks.map(\.name) == ["disk0", "disk1"])
        try source.acknowledge(cut.token)
        #expect(try source.cut(everything: false).disks[0].extents == [10..<11])
    }

    @Test func `an open cut shows its instant while the guest goes on writing`() async throws {
        let (world, source) = try await protected()
        try await world.write(1, 65_536, at: 0)
        try await world.write(1, 11_264, at: 65_536, "disk1")
        let cut = try source.cut(everything: false)
        try await world.write(2, at: 512)
        try await world.write(3, 11_264, at: 65_536, "disk1")
        #expect(try cut.disks[0].bytes(0, 65_536) == [UInt8](repeating: 1, count: 65_536))
        #expect(try cut.disks[1].bytes(65_536, 11_264) == [UInt8](repeating: 1, count: 11_264))
        #expect(try await world.imageBytes()[512] == 2)
    }

    @Test func `a cut of everything reads as zeros where the guest wrote afterwards`()
        async throws
    {
        let (world, source) = try await protected()
        let cut = try source.cut(everything: true)
        #expect(cut.coverage == .everything)
        try await world.write(9, 4096, at: 131_072)
        #expect(try cut.disks[0].bytes(131_072, 65_536) == [UInt8](repeating: 0, count: 65_536))
    }

    @Test func `what a delta does not hold cannot be read from it`() async throws {
        let (world, source) = try await protected()
        try await world.write(1, at: 0)
        let cut = try source.cut(everything: false)
        #expect(await code { _ = try cut.disks[0].bytes(65_536, 512) } == .diskOutOfRange)
        #expect(await code { _ = try cut.disks[0].bytes(1 << 20, 512) } == .diskOutOfRange)
    }

    @Test func `a cut that came to nothing is merged into the next`() async throws {
        let (world, source) = try await protected()
        try await world.write(1, at: 0)
        let first = try source.cut(everything: false)
        try await world.write(2, at: 65_536)
        try source.fail(first.token)
        try source.fail(first.token)
        #expect(try source.pendingBytes() == ByteCount(131_072))
        #expect(try source.cut(everything: false).disks[0].extents == [0..<2])
        #expect(await code { try source.acknowledge(first.token) } == .cutClosed)
        #expect(await code { _ = try first.disks[0].bytes(0, 512) } == .cutClosed)
    }

    @Test func `an open cut that nobody ended counts as failed`() async throws {
        let (world, source) = try await protected()
        try await world.write(1, at: 0)
        _ = try source.cut(everything: false)
        #expect(try await world.changes().pendingBytes() == ByteCount(65_536))
        #expect(try await world.changes().cut(everything: false).disks[0].extents == [0..<1])
    }

    @Test func `an acknowledgement may be repeated`() async throws {
        let (world, source) = try await protected()
        try await world.write(1, at: 0)
        let cut = try source.cut(everything: false)
        try source.acknowledge(cut.token)
        try await world.write(1, at: 65_536)
        try source.acknowledge(cut.token)
        #expect(try source.pendingBytes() == ByteCount(65_536))
    }

    @Test func `the record outlives a stop in good order`() async throws {
        let (world, source) = try await protected()
        try await world.write(1, at: 0)
        try await world.fabric.stop(World.oslo)
        let cut = try source.cut(everything: false)
        #expect(cut.coverage == .delta)
        #expect(cut.disks[0].extents == [0..<1])
        try source.acknowledge(cut.token)
        try await world.fabric.start(World.oslo)
        try await world.write(1, at: 65_536)
        #expect(try await world.changes().cut(everything: false).disks[0].extents == [1..<2])
    }

    @Test(arguments: [false, true])
    func `a disk changed behind our back gives everything`(isStarted: Bool) async throws {
        let (world, source) = try await protected()
        try await world.fabric.stop(World.oslo)
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.oslo)
        let file = try OpenFile(path, O_RDWR)
        try [1, 2, 3, 4].withUnsafeBytes { try file.write(at: 0, $0) }
        if isStarted { try await world.fabric.start(World.oslo) }
        let cut = try source.cut(everything: false)
        #expect(cut.coverage == .recordLost)
        #expect(cut.disks[0].extents == [0..<1])
        try source.fail(cut.token)
        let again = try source.cut(everything: false)
        #expect(again.coverage == .recordLost)
        try source.acknowledge(again.token)
        #expect(try source.cut(everything: false).coverage == .delta)
    }

    @Test func `a disk put back as another file gives everything`() async throws {
        let (world, source) = try await protected()
        try await world.fabric.stop(World.oslo)
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.oslo)
        let files = FileManager.default
        let date = try files.attributesOfItem(atPath: path)[.modificationDate]!
        try files.copyItem(atPath: path, toPath: "\(path).copy")
        try files.setAttributes([.modificationDate: date], ofItemAtPath: "\(path).copy")
        try Folder.rename("\(path).copy", to: path)
        #expect(try source.cut(everything: false).coverage == .recordLost)
    }

    @Test func `an unclean end gives everything`() async throws {
        let (world, _) = try await protected()
        try await world.write(1, at: 0)
        try await world.fabric.lose("oslo")
        try await world.fabric.heal("oslo")
        #expect(try await world.changes().cut(everything: false).coverage == .recordLost)
    }

    @Test func `a crash of the machine beneath gives everything`() async throws {
        let (world, source) = try await protected()
        try await world.write(1, at: 0)
        _ = try source.cut(everything: false)
        let map = try OpenFile(
            ChangeMap.path(in: try await world.fabric.folder(of: World.oslo)), O_RDWR)
        let otherBoot = [UInt8](repeating: 0x61, count: 36)
        try otherBoot.withUnsafeBytes {
            try map.write(at: Int64(ChangeMapLayout.bootOffset), $0)
        }
        #expect(try await world.changes().cut(everything: false).coverage == .recordLost)
    }

    @Test(arguments: [0, 9, 17, 130, 192, 4096])
    func `a damaged map is made anew and gives everything`(offset: Int64) async throws {
        let (world, _) = try await protected()
        try await world.fabric.stop(World.oslo)
        let path = ChangeMap.path(in: try await world.fabric.folder(of: World.oslo))
        let map = try OpenFile(path, O_RDWR)
        if offset == 4096 { try map.resize(to: 4096) }
        try [UInt8(0xFF)].withUnsafeBytes { try map.write(at: offset, $0) }
        #expect(await code { _ = try await world.guest() } != nil)
        #expect(try await world.changes().cut(everything: false).coverage == .recordLost)
        _ = try await world.guest()
    }

    @Test func `a promoted replica's record starts with its promotion`() async throws {
        let world = try await World()
        try await world.define(role: .replica)
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.oslo)
        let image = try OpenFile(path, O_RDWR)
        try [1, 2, 3, 4].withUnsafeBytes { try image.write(at: 0, $0) }
        try await world.fabric.update(World.oslo) { $0.role = .production }
        try await world.fabric.start(World.oslo)
        try await world.write(5, at: 131_072)
        let cut = try await world.changes().cut(everything: false)
        #expect(cut.coverage == .delta)
        #expect(cut.disks[0].extents == [2..<3])
    }

    @Test func `a full disk beside the guest fails the cut and not the guest`() async throws {
        let (world, source) = try await protected()
        try await world.write(1, at: 0)
        let folder = try await world.fabric.folder(of: World.oslo)
        try FileManager.default.removeItem(atPath: "\(folder)/disk0.fleece")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/disk0.fleece", withDestinationPath: "/dev/full")
        let cut = try source.cut(everything: false)
        try await world.write(2, at: 0)
        #expect(try await world.imageBytes()[0] == 2)
        #expect(await code { _ = try cut.disks[0].bytes(0, 512) } == .cutLost)
        try source.fail(cut.token)
        #expect(try source.cut(everything: false).disks[0].bytes(0, 1) == [2])
    }

    @Test(arguments: [4096, 16_384, 65_536])
    func `blocks are of the size the machine was made with`(blockBytes: Int) async throws {
        let world = try await World()
        let file = try world.file("image", [UInt8](repeating: 1, count: 1 << 20))
        try await world.fabric.importMachine(
            World.machine(), disks: [.image(path: file)], blockBytes: blockBytes)
        try await world.fabric.start(World.oslo)
        let source = try await world.changes()
        try source.acknowledge(try source.cut(everything: true).token)
        try await world.write(1, at: 65_536)
        let cut = try source.cut(everything: false)
        #expect(cut.blockBytes == blockBytes)
        #expect(cut.disks[0].extents == [(65_536 / blockBytes)..<(65_536 / blockBytes + 1)])
    }
}
