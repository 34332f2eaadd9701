// The three ways of a first copy: over the network, on external media, onto a disk that is
// there already.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct FirstCopyTests {
    private static let block = 65_536

    /// The replica's machine as an old backup brought it: two blocks differ, one is too much.
    private func restoreOldCopy(_ world: World) async throws {
        var bytes = [UInt8](try await world.bytes(World.oslo))
        for (place, seed) in [(0, 11), (9, 12), (40, 13)] {
            bytes.replaceSubrange(
                place * Self.block..<(place + 1) * Self.block,
                with: Noise.bytes(Self.block, seed: UInt64(seed)))
        }
        let path = "\(world.folder)/backup.raw"
        try Data(bytes).write(to: URL(filePath: path))
        try await world.fabric.importMachine(
            VirtualMachine(id: World.bergen, host: "bergen-host"), disks: [.image(path: path)])
    }

    @Test(arguments: ["network", "media", "disk"])
    func `R-13 every way of the first copy ends in equal disks, and goes on with deltas`(
        _ way: String
    ) async throws {
        let world = try await World()
        let folder = "\(world.folder)/media"
        if way == "disk" { try await restoreOldCopy(world) }
        _ = try await world.engine.protect(
            World.oslo, ProtectionOptions(target: "bergen", takesExisting: way == "disk"))
        try await world.fabric.start(World.oslo)
        if way == "media" {
            _ = try await world.engine.export("web", to: folder)
            #expect(try await world.engine.state(of: "web") == .initialReplication)
            try await world.write(Noise.bytes(2 * Self.block, seed: 4), at: 0)
            let point = try await world.engine.importCopy("web", from: folder)
            #expect(point.sequence == 1)
        } else {
            _ = try await world.engine.firstCopy("web")
            let sent = try await world.protection().statistics.bytesSent
            // The third sends the two blocks that differ; the surplus one is a hole.
            if way == "disk" { #expect(sent < 2 * Int64(Self.block) + 1000) }
            try await world.write(Noise.bytes(2 * Self.block, seed: 4), at: 0)
        }
        let protection = try await world.protection()
        #expect(protection.state == .replicating)
        _ = try await world.engine.sync("web")
        let sent =
            try await world.protection().statistics.bytesSent
            - protection.statistics.bytesSent
        #expect(sent < 2 * Int64(Self.block) + 1000)
        #expect(try await world.areEqual())
        let replica = try await world.fabric.machine(World.bergen)
        #expect(replica.role == .replica)
        #expect(replica.processors == 2)
        #expect(replica.nics.map(\.mac) == ["52:54:00:00:00:01"])
    }

    @Test func `R-13 a machine that does not fit is not taken as the base`() async throws {
        let world = try await World()
        let options = ProtectionOptions(target: "bergen", takesExisting: true)
        await #expect(
            code { _ = try await world.engine.protect(World.oslo, options) } == .unknownName)
        let image = try await world.fabric.imagePath(of: "disk0", machine: World.oslo)
        let small = "\(world.folder)/small.raw"
        try Data(count: 1 << 20).write(to: URL(filePath: small))
        for (path, isRunning) in [(small, false), (image, true)] {
            try await world.fabric.importMachine(
                VirtualMachine(id: World.bergen, host: "bergen-host"), disks: [.image(path: path)])
            if isRunning { try await world.fabric.start(World.bergen) }
            await #expect(
                code { _ = try await world.engine.protect(World.oslo, options) } == .baseRefused)
            #expect(try await world.fabric.machine(World.bergen).role == .production)
            try await world.fabric.stop(World.bergen)
            try await world.fabric.remove(World.bergen)
        }
    }

    @Test func `an import takes what was exported last and nothing else`() async throws {
        let world = try await World()
        let (first, second) = ("\(world.folder)/first", "\(world.folder)/second")
        try await world.protect()
        await #expect(
            code { _ = try await world.engine.importCopy("web", from: first) }
                == .transitionRefused)
        let manifest = try await world.engine.export("web", to: first, operation: "run-1")
        #expect(manifest.disks.map(\.name) == ["disk0"])
        #expect(manifest.disks.first?.blocks == 32)
        let again = try await world.engine.export("web", to: first, operation: "run-1")
        #expect(again == manifest)
        await #expect(
            code { _ = try await world.engine.importCopy("web", from: second) } == .mediaRefused)
        world.clock.advance(.seconds(60))
        _ = try await world.engine.export("web", to: second)
        await #expect(
            code { _ = try await world.engine.importCopy("web", from: first) } == .mediaRefused)
        let log = URL(filePath: "\(second)/first-copy.log")
        let whole = try Data(contentsOf: log)
        var spoilt = whole
        spoilt[whole.count / 2] ^= 1
        try spoilt.write(to: log)
        await #expect(
            code { _ = try await world.engine.importCopy("web", from: second) } == .logDamaged)
        #expect(try await world.engine.state(of: "web") == .initialReplication)
        try Data("{".utf8).write(to: URL(filePath: "\(first)/manifest.json"))
        await #expect(
            code { _ = try await world.engine.importCopy("web", from: first) } == .mediaRefused)
        try whole.write(to: log)
        _ = try await world.engine.importCopy("web", from: second, operation: "run-2")
        let point = try await world.engine.importCopy("web", from: second, operation: "run-2")
        #expect(point.sequence == 1)
        #expect(try await world.areEqual())
    }

    @Test func `a spoilt manifest is refused, wherever it was spoilt`() async throws {
        let world = try await World()
        let folder = "\(world.folder)/media"
        try await world.protect()
        let manifest = try await world.engine.export("web", to: folder)
        let protection = try await world.protection()
        let media = ExportFolder(path: folder, files: HostFiles())
        let place = URL(filePath: "\(folder)/manifest.json")
        let whole = try Data(contentsOf: place)
        var generator = SeededGenerator(seed: 5)
        for number in 0..<300 {
            var spoilt = whole
            let byte = Int.random(in: 0..<whole.count, using: &generator)
            switch number % 3 {
            case 0: spoilt[byte] ^= 1 << UInt8.random(in: 0...7, using: &generator)
            case 1: spoilt = whole.prefix(byte)
            default: spoilt.insert(contentsOf: whole[byte...], at: byte)
            }
            try spoilt.write(to: place)
            do {
                try media.check(protection)
                #expect(try media.manifest() == manifest, "seed 5, number \(number)")
            } catch let failure as Failure {
                #expect(failure.code == .mediaRefused, "seed 5, number \(number)")
            }
        }
    }

    @Test func `a copy on media that never arrives is given up for one over the network`()
        async throws
    {
        let world = try await World()
        let folder = "\(world.folder)/media"
        try await world.protect()
        _ = try await world.engine.export("web", to: folder)
        _ = try await world.engine.firstCopy("web")
        #expect(try await world.areEqual())
        await #expect(
            code { _ = try await world.engine.importCopy("web", from: folder) }
                == .transitionRefused)
    }

    @Test func `an export onto a replica that holds something says what to make of its blocks`()
        async throws
    {
        let world = try await World()
        try await restoreOldCopy(world)
        _ = try await world.engine.protect(
            World.oslo, ProtectionOptions(target: "bergen", takesExisting: true))
        let folder = "\(world.folder)/media"
        let manifest = try await world.engine.export("web", to: folder)
        #expect(manifest.disks.first?.blocks == 3)
        _ = try await world.engine.importCopy("web", from: folder)
        #expect(try await world.areEqual())
    }

    @Test func `R-13 a copy that was written and not delivered counts when it is applied later`()
        async throws
    {
        let world = try await World(transport: ShutLine())
        try await world.protect()
        await #expect(
            code { _ = try await world.engine.firstCopy("web") } == .siteUnreachable)
        #expect(try await world.engine.state(of: "web") == .readyForInitialReplication)
        // Whoever asks for the replica next brings it to what there is.
        let engine = world.newEngine()
        let test = try await engine.testFailover("web")
        #expect(try await world.bytes(test) == world.bytes(World.oslo))
        try await engine.cleanUp("web")
        #expect(try await engine.state(of: "web") == .replicating)
        try await world.fabric.start(World.oslo)
        try await world.write([9], at: 0)
        _ = try await engine.sync("web")
        #expect(try await world.areEqual())
    }
}

/// A line to a site that does not answer.
private struct ShutLine: Transport {
    var reachesImages: Bool { true }

    func offer(_ shipment: Shipment, file: String?, anew: Bool) async throws -> ShipmentAnswer {
        throw Failure(.siteUnreachable, "site '\(shipment.target)' does not answer")
    }
    func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {}
    func finish(_ shipment: Shipment, hash: BlockHash) async throws {}
}
