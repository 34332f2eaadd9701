// Anybody's images: taken whole and sparsely, or refused by name without leaving a trace.
import Foundation
import Glibc
import Model
import Testing

@testable import Fabric

@Suite struct ImportTests {
    @Test func `an imported machine has the bytes it was given`() async throws {
        let world = try await World()
        let bytes = (0..<(3 << 16) + 512).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let files = [try world.file("a", bytes), try world.file("b", [UInt8](bytes.reversed()))]
        var machine = World.machine()
        machine.subscription = "blue"
        let made = try await world.fabric.importMachine(
            machine, disks: files.map { .image(path: $0) })
        #expect(made.disks.map(\.name) == ["disk0", "disk1"])
        #expect(made == (try await world.fabric.machine(World.oslo)))
        #expect(made.subscription == "blue")
        #expect(try await world.imageBytes("disk0") == bytes)
        #expect(try await world.imageBytes("disk1") == bytes.reversed())
        try await world.fabric.start(World.oslo)
    }

    @Test(arguments: [true, false]) func `zeros take no room`(isSparse: Bool) async throws {
        let world = try await World()
        let path = try world.file("a", isSparse ? [] : [UInt8](repeating: 0, count: 4 << 20))
        let file = try OpenFile(path, O_RDWR)
        try file.resize(to: 4 << 20)
        try [UInt8(1)].withUnsafeBytes { try file.write(at: 2 << 20, $0) }
        try await world.fabric.importMachine(World.machine(), disks: [.image(path: path)])
        var status = stat()
        stat(try await world.fabric.imagePath(of: "disk0", machine: World.oslo), &status)
        #expect(status.st_size == 4 << 20)
        #expect(status.st_blocks * 512 <= 65_536)
    }

    @Test func `what cannot be a disk is refused, and nothing stays`() async throws {
        let world = try await World()
        let good = try world.file("good", [UInt8](repeating: 1, count: 512))
        let fifo = "\(world.folder)/fifo"
        mkfifo(fifo, 0o600)
        let refused = [
            "\(world.folder)/missing", try world.file("empty", []),
            try world.file("odd", [UInt8](repeating: 1, count: 513)), world.folder, fifo,
        ]
        for path in refused {
            let error = await #expect(throws: Failure.self) {
                try await world.fabric.importMachine(
                    World.machine(), disks: [.image(path: good), .image(path: path)])
            }
            #expect(error?.code == .diskRefused)
            #expect(error?.context["path"] == path)
        }
        #expect(try Folder.everyName(in: world.fabric.lab.machinesPath("oslo")).isEmpty)
    }

    @Test func `a failure half way leaves nothing, nor does a wrong block size`() async throws {
        let world = try await World()
        let file = try world.file("a", [UInt8](repeating: 1, count: 512))
        var machine = World.machine()
        #expect(
            await code {
                try await world.fabric.importMachine(
                    machine, disks: [.image(path: file)], blockBytes: 5000)
            } == .usage)
        machine.nics[0].switchName = "tennat"
        #expect(
            await code {
                try await world.fabric.importMachine(machine, disks: [.image(path: file)])
            } == .switchMissing)
        #expect(try Folder.everyName(in: world.fabric.lab.machinesPath("oslo")).isEmpty)
    }

    @Test func `of two imports of one name one wins`() async throws {
        let world = try await World()
        let file = try world.file("a", [UInt8](repeating: 1, count: 1 << 20))
        let codes = await withTaskGroup { group in
            for _ in 0..<4 {
                group.addTask {
                    await code {
                        try await world.fabric.importMachine(
                            World.machine(), disks: [.image(path: file)])
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.filter { $0 == nil }.count == 1)
        #expect(codes.filter { $0 == .machineExists }.count == 3)
        #expect(try Folder.everyName(in: world.fabric.lab.machinesPath("oslo")) == ["web"])
    }

    @Test func `declared disks are recorded and need no image`() async throws {
        let world = try await World()
        let made = try await world.fabric.importMachine(
            World.machine(),
            disks: [
                .declared(.passThrough, size: ByteCount(1 << 30)),
                .declared(.shared, size: ByteCount(1 << 30)),
            ])
        #expect(made.disks.map(\.kind) == [.passThrough, .shared])
        try await world.fabric.start(World.oslo)
        #expect(try await world.changes().cut(everything: true).disks.isEmpty)
    }
}
