// A guest held at the border between two writes, so that several machines are cut at one instant.
import Foundation
import Glibc
import Model
import Testing

@testable import Fabric

@Suite struct HoldTests {
    @Test func `a held guest waits, cuts go on, and it writes when it is released`() async throws {
        let world = try await World()
        let id = try await world.define(isRunning: true)
        let source = try await world.changes()
        try source.acknowledge(try source.cut(everything: true).token)
        try await world.write(1, at: 0)
        // Opened before: whoever opens a disk meanwhile waits too.
        let guest = try await world.guest()
        try source.hold()
        try source.hold()
        async let write: Void = BlockingThreads(count: 1).run {
            try [UInt8](repeating: 2, count: 512).withUnsafeBytes { try guest.write(at: 0, $0) }
        }
        let cut = try source.cut(everything: false)
        #expect(try cut.disks[0].bytes(0, 1) == [1])
        #expect(try await world.imageBytes(of: id)[0] == 1)
        try source.acknowledge(cut.token)
        source.release()
        source.release()
        try await write
        #expect(try await world.imageBytes(of: id)[0] == 2)
        #expect(try source.pendingBytes().bytes == 65_536)
    }

    @Test func `a holder that is killed holds nobody`() async throws {
        let world = try await World()
        try await world.define(isRunning: true)
        let folder = "\(world.folder)/lab"
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
            let fabric = try EmbeddedFabric(folder: folder)
            try await fabric.changeSource(of: World.oslo).hold()
            kill(getpid(), SIGKILL)
        }
        try await world.write(1, at: 0)
    }
}
