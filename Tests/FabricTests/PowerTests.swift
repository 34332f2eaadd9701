// Power on and off: what is checked before, and what the guest does with its cards.
import Foundation
import Model
import Testing

@testable import Fabric

@Suite struct PowerTests {
    @Test func `a machine without its disk is not started, and the disk is named`() async throws {
        let world = try await World()
        let id = try await world.define()
        let path = try await world.fabric.imagePath(of: "disk1", machine: id)
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).away")
        let error = await #expect(throws: Failure.self) { try await world.fabric.start(id) }
        #expect(error?.code == .diskMissing)
        #expect(error?.context["disk"] == "disk1")
        #expect(await code { _ = try await world.changes() } == .diskMissing)
        try FileManager.default.moveItem(atPath: "\(path).away", toPath: path)
        try OpenFile(path, O_RDWR).resize(to: 512)
        #expect(await code { try await world.fabric.start(id) } == .diskMissing)
        #expect(try await world.fabric.machine(id).power == .off)
    }

    @Test func `a failover address that is on but empty gives a link-local one`() async throws {
        let world = try await World()
        let id = try await world.define()
        try await world.fabric.setGuestAddress("10.0.0.5", nic: "nic0", of: id)
        try await world.fabric.setFailoverAddress(FailoverAddress(nil), nic: "nic0", of: id)
        try await world.fabric.start(id)
        let address = try #require(try await world.fabric.machine(id).nics[0].address)
        #expect(address.hasPrefix("169.254."))
        try await world.fabric.stop(id)
        try await world.fabric.start(id)
        #expect(try await world.fabric.machine(id).nics[0].address == address)
    }

    @Test func `a failover address is taken at power-on, none leaves the guest's own`()
        async throws
    {
        let world = try await World()
        let id = try await world.define()
        try await world.fabric.setGuestAddress("10.0.0.5", nic: "nic0", of: id)
        try await world.fabric.start(id)
        #expect(try await world.fabric.machine(id).nics[0].address == "10.0.0.5")
        try await world.fabric.stop(id)
        try await world.fabric.setFailoverAddress(FailoverAddress("10.1.0.5"), nic: "nic0", of: id)
        #expect(try await world.fabric.machine(id).nics[0].address == "10.0.0.5")
        try await world.fabric.start(id)
        #expect(try await world.fabric.machine(id).nics[0].address == "10.1.0.5")
    }

    @Test func `a guest writes while it runs and not when it is off`() async throws {
        let world = try await World()
        let id = try await world.define(isRunning: true)
        let guest = try await world.guest()
        try await world.write(1, at: 0)
        try await world.fabric.stop(id)
        let bytes: [UInt8] = [1, 2]
        #expect(await code { try bytes.withUnsafeBytes { try guest.write(at: 0, $0) } } == .diskOff)
        try await world.fabric.start(id)
        try bytes.withUnsafeBytes { try guest.write(at: 0, $0) }
        #expect(try await world.imageBytes().prefix(3) == [1, 2, 1])
    }

    @Test func `a guest stays within its disk`() async throws {
        let world = try await World()
        try await world.define(isRunning: true)
        for offset: Int64 in [-1, 1 << 20, (1 << 20) - 511, .max] {
            #expect(await code { try await world.write(1, at: offset) } == .diskOutOfRange)
        }
    }

    @Test func `applying an image writes the blocks that differ`() async throws {
        let world = try await World()
        try await world.define(isRunning: true)
        let source = try await world.changes()
        try source.acknowledge(try source.cut(everything: true).token)
        var image = [UInt8](repeating: 0, count: 1 << 20)
        image[70_000] = 1
        image[(1 << 20) - 1] = 2
        let guest = try await world.guest()
        #expect(try guest.apply(imageFile: try world.file("new", image)) == ByteCount(131_072))
        #expect(try guest.apply(imageFile: try world.file("new", image)) == ByteCount(0))
        #expect(try await world.imageBytes() == image)
        #expect(try source.cut(everything: false).disks[0].extents == [1..<2, 15..<16])
        let short = try world.file("short", [1, 2])
        #expect(await code { try guest.apply(imageFile: short) } == .diskRefused)
    }
}
