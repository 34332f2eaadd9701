// Suspending, resyncs and when they are due, health over its period, what `measure` says.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct HealthTests {
    @Test func `R-8 an interval longer than what may be lost is refused, and churn warns`()
        async throws
    {
        let world = try await World()
        var terms = ProtectionTerms()
        terms.rpoSeconds = 60
        await #expect(
            code {
                _ = try await world.engine.protect(
                    World.oslo, ProtectionOptions(target: "bergen", terms: terms))
            } == .intervalInvalid)
        terms.monitoringSeconds = 0
        await #expect(
            code {
                _ = try await world.engine.protect(
                    World.oslo,
                    ProtectionOptions(target: "bergen", interval: .continuous, terms: terms))
            } == .usage)
        terms.monitoringSeconds = 3600
        terms.bandwidth = ByteCount(1000)
        _ = try await world.engine.protect(
            World.oslo,
            ProtectionOptions(target: "bergen", interval: .thirtySeconds, terms: terms))
        #expect(try await world.engine.measure("web").warnings.isEmpty)
        _ = try await world.engine.firstCopy("web")
        let warnings = try await world.engine.measure("web").warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("1000 B") == true)
    }

    @Test func `R-20 while suspended what is pending grows, and a resync under way is put to rest`()
        async throws
    {
        let world = try await World.replicating()
        _ = try await world.engine.suspend("web")
        var pending: [Int64] = []
        for block in 0..<3 {
            try await world.write([1], at: Int64(block) * 65_536)
            pending.append(try await world.engine.measure("web").pending?.bytes ?? 0)
        }
        #expect(pending == [65_536, 131_072, 196_608])
        #expect(try await world.engine.resume("web").state == .replicating)
        let gate = ReadGate()
        let engine = ReplicationEngine(
            fabric: world.fabric, ledger: world.ledger, clock: world.clock, lab: world.folder,
            files: GatedFiles(gate: gate))
        let resync = Task { try await engine.resync("web") }
        await gate.waitUntilReached()
        #expect(try await engine.state(of: "web") == .resyncing)
        let suspending = Task { try await engine.suspend("web") }
        while (try? engine.transfers.current("web")?.check()) != nil { await Task.yield() }
        gate.open()
        #expect(try await suspending.value.state == .resyncSuspended)
        await #expect(code { _ = try await resync.value } == .transferStopped)
        #expect(try await engine.measure("web").health == .critical)
        #expect(try await engine.measure("web").errors == 0)
        #expect(try await engine.resume("web").state == .waitingForResync)
        _ = try await engine.sync("web")
        #expect(try await engine.state(of: "web") == .replicating)
        #expect(try await world.areEqual())
    }

    @Test func `a cancelled task ends its cycle, and the next one sends all`() async throws {
        let world = try await World.replicating()
        try await world.write(Noise.bytes(200_000, seed: 3), at: 0)
        let gate = ReadGate()
        let engine = ReplicationEngine(
            fabric: world.fabric, ledger: world.ledger, clock: world.clock, lab: world.folder,
            files: GatedFiles(gate: gate))
        let cycle = Task { try await engine.sync("web") }
        await gate.waitUntilReached()
        cycle.cancel()
        gate.open()
        await #expect(code { _ = try await cycle.value } == .transferStopped)
        #expect(try await engine.state(of: "web") == .replicating)
        #expect(engine.stopTransfer(of: "web") == false)
        _ = try await engine.sync("web")
        #expect(try await world.areEqual())
    }

    @Test func `R-21 at half of the disks pending a delta is sent, above it a resync waits`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 3, disks: 2)
        let later = world.clock.now + .seconds(7200)
        _ = try await world.engine.setResyncTime(later, of: "web")
        let half = [UInt8](repeating: 7, count: 4 << 20)
        try await world.write(half, at: 0)
        _ = try await world.engine.sync("web")
        #expect(try await world.engine.points(of: "web").map(\.sequence) == [1, 2])
        try await world.write(half, at: 0)
        let other = try DiskImage(
            folder: try await world.fabric.folder(of: World.oslo), disk: "disk1")
        try [UInt8](repeating: 1, count: 512).withUnsafeBytes { try other.write(at: 0, $0) }
        await #expect(code { _ = try await world.engine.sync("web") } == .resyncDeferred)
        var measure = try await world.engine.measure("web")
        #expect(measure.state == .waitingForResync)
        #expect(measure.health == .critical)
        #expect(measure.errors == 0)
        let sent = try await world.protection().statistics.bytesSent
        world.clock.advance(.seconds(7200))
        _ = try await world.engine.sync("web")
        measure = try await world.engine.measure("web")
        #expect(measure.state == .replicating)
        // Only the one block differs: the rest was written with what was there.
        #expect(try await world.protection().statistics.bytesSent - sent < 70_000)
        // The comparison keeps the points, and of the first hour its first.
        #expect(try await world.engine.points(of: "web").map(\.sequence) == [1, 3])
        #expect(try await world.areEqual())
    }

    @Test(arguments: ["unclean end", "changed behind our back", "record damaged"])
    func `R-21 what makes the record of writes worthless makes a resync due`(
        _ cause: String
    ) async throws {
        let world = try await World.replicating(pointsKept: 3)
        let later = world.clock.now + .seconds(60)
        _ = try await world.engine.setResyncTime(later, of: "web")
        try await world.write(Noise.bytes(65_536, seed: 5), at: 65_536)
        switch cause {
        case "unclean end":
            try await world.fabric.lose("oslo")
            try await world.fabric.heal("oslo")
        case "changed behind our back":
            try await world.fabric.stop(World.oslo)
            let path = try await world.fabric.imagePath(of: "disk0", machine: World.oslo)
            let handle = try FileHandle(forWritingTo: URL(filePath: path))
            try handle.seek(toOffset: 3 << 20)
            try handle.write(contentsOf: Data([1, 2, 3]))
            try handle.close()
        default:
            try await world.fabric.stop(World.oslo)
            let map = try await world.fabric.folder(of: World.oslo) + "/changes.map"
            try Data("no map".utf8).write(to: URL(filePath: map))
        }
        await #expect(code { _ = try await world.engine.sync("web") } == .resyncDeferred)
        #expect(try await world.engine.state(of: "web") == .waitingForResync)
        let sent = try await world.protection().statistics.bytesSent
        _ = try await world.engine.resync("web")
        #expect(try await world.protection().statistics.bytesSent - sent < 140_000)
        #expect(try await world.engine.points(of: "web").map(\.sequence) == [1, 2])
        #expect(try await world.areEqual())
    }

    @Test func `R-21 a log that cannot be written costs a cycle and no resync`() async throws {
        let files = FullDisk()
        let world = try await World.replicating(files: files)
        try await world.write(Noise.bytes(65_536, seed: 5), at: 0)
        files.fill { $0.hasSuffix(".log.part") }
        await #expect(code { _ = try await world.engine.sync("web") } == .fileSystem)
        #expect(try await world.engine.state(of: "web") == .error)
        files.free()
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
    }

    @Test func `R-18 a cleared error replicates at once and warns until the period has passed`()
        async throws
    {
        let world = try await World.replicating()
        let engine = world.engine
        #expect(try await engine.measure("web").health == .normal)
        try await world.fabric.cut("oslo")
        await #expect(code { _ = try await engine.sync("web") } == .siteUnreachable)
        #expect(try await engine.measure("web").health == .critical)
        try await world.fabric.heal("oslo")
        _ = try await engine.sync("web")
        var measure = try await engine.measure("web")
        #expect(measure.state == .replicating)
        #expect(measure.health == .warning)
        for _ in 0..<11 {
            world.clock.advance(.seconds(3600))
            _ = try await engine.sync("web")
            #expect(try await engine.measure("web").health == .warning)
        }
        world.clock.advance(.seconds(3600))
        _ = try await engine.sync("web")
        measure = try await engine.measure("web")
        #expect(measure.health == .normal)
        #expect(measure.errors == 1)
        try await world.fabric.cut("oslo")
        await #expect(code { _ = try await engine.sync("web") } == .siteUnreachable)
        try await world.fabric.heal("oslo")
        _ = try await engine.sync("web")
        _ = try await engine.resetStatistics(of: "web")
        measure = try await engine.measure("web")
        #expect(measure.health == .normal)
        #expect(measure.errors == 0)
        #expect(measure.succeeded == 0)
        #expect(measure.lastSuccessAt == world.clock.now)
    }
}
