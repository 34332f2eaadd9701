// Encryption at rest, from protecting to failing back: nothing shows at the replica, nothing is
// lost, and without the key nobody gets in.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct EncryptionTests {
    static let planted = Array("the salary of the director is 4711".utf8)

    static func key(_ seed: UInt64 = 42) throws -> OwnerKey {
        try OwnerKey(bytes: Noise.bytes(32, seed: seed))
    }

    /// The engine that knows the key, over a world whose own does not.
    static func engine(
        _ world: World, transport: (any Transport)? = nil
    ) throws -> ReplicationEngine {
        ReplicationEngine(
            fabric: world.fabric, ledger: world.ledger, clock: world.clock, lab: world.folder,
            transport: transport, keys: KeyRing(["contoso": try key()]))
    }

    static func replicating(
        pointsKept: Int = 3, disks: Int = 1
    ) async throws -> (World, ReplicationEngine) {
        let world = try await World(diskBytes: 1 << 20, disks: disks)
        let engine = try engine(world)
        try await world.fabric.start(World.oslo)
        try await plant(world, 0)
        _ = try await engine.protect(
            World.oslo,
            ProtectionOptions(
                target: "bergen", pointsKept: pointsKept, ownerKey: "contoso"))
        _ = try await engine.firstCopy("web")
        return (world, engine)
    }

    /// Text that anybody would find, at the start of a block.
    static func plant(
        _ world: World, _ block: Int, on id: MachineID = World.oslo
    ) async throws {
        try await world.write(planted, at: Int64(block) * 65_536, on: id)
    }

    /// The files of a site that show what was planted.
    static func found(_ world: World, at site: String = "bergen") throws -> [String] {
        let folder = "\(world.folder)/sites/\(site)"
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return try paths.filter { path in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder)
            guard !isFolder.boolValue else { return false }
            let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(path)"))
            return bytes.range(of: Data(planted)) != nil
        }
    }

    @Test func `nothing of a machine shows at the site of its encrypted replica`() async throws {
        let (world, engine) = try await Self.replicating()
        #expect(try Self.found(world, at: "oslo") == ["machines/web/disk0.raw"])
        #expect(try Self.found(world).isEmpty)
        for block in 1...4 {
            try await Self.plant(world, block)
            world.clock.advance(.seconds(3600))
            _ = try await engine.sync("web")
            #expect(try Self.found(world).isEmpty)
        }
        #expect(try HostFiles().names(in: world.replicaFolder().undo).count == 2)
        // A log that has arrived and waits shows nothing either, nor does one that was not sent.
        try await Self.plant(world, 5)
        let line = StalledTransport()
        let gate = line.stall()
        let slow = try Self.engine(world, transport: line)
        let cycle = Task { try await slow.sync("web") }
        await gate.untilReached()
        let log = LogName(generation: 1, sequence: 6)
        let outbox = world.replicaFolder("oslo").sentLog(log)
        let bytes = try Data(contentsOf: URL(filePath: outbox))
        #expect(bytes.range(of: Data(Self.planted)) == nil)
        gate.open()
        _ = try await cycle.value
        #expect(try Self.found(world).isEmpty)
    }

    @Test func `an encrypted replica comes to every point, and back home`() async throws {
        let (world, engine) = try await Self.replicating(pointsKept: 4, disks: 2)
        var cuts = [1: try await world.bytes(World.oslo)]
        for number in 2...4 {
            try await world.write(Noise.bytes(70_000, seed: UInt64(number)), at: 65_536)
            cuts[number] = try await world.bytes(World.oslo)
            world.clock.advance(.seconds(3600))
            _ = try await engine.sync("web")
        }
        let test = try await engine.testFailover("web", point: 2)
        #expect(try await world.bytes(test) == cuts[2])
        try await engine.cleanUp("web")
        try await world.fabric.lose("oslo")
        for point in [3, 1, 4] {
            _ = try await engine.failOver("web", FailoverRequest(.unplanned, point: point))
            #expect(try await world.bytes(World.bergen) == cuts[point], "point \(point)")
        }
        _ = try await engine.complete("web")
        try await world.fabric.start(World.bergen)
        try await world.write([9], at: 0, on: World.bergen)
        try await world.fabric.heal("oslo")
        _ = try await engine.reverse("web")
        _ = try await engine.sync("web")
        #expect(try await engine.state(of: "web") == .replicating)
        // The replica is at home now, and sealed there.
        #expect(try Self.found(world, at: "oslo").isEmpty)
        #expect(try await !world.areEqual())
        let again = try await engine.testFailover("web")
        #expect(try await world.bytes(again) == world.bytes(World.bergen))
        try await engine.cleanUp("web")
    }

    @Test func `a first copy of an encrypted machine on external media shows nothing`()
        async throws
    {
        let world = try await World(diskBytes: 1 << 20)
        let engine = try Self.engine(world)
        try await world.fabric.start(World.oslo)
        try await Self.plant(world, 0)
        _ = try await engine.protect(
            World.oslo, ProtectionOptions(target: "bergen", ownerKey: "contoso"))
        let folder = "\(world.folder)/sites/bergen/media"
        _ = try await engine.export("web", to: folder)
        #expect(try Self.found(world).isEmpty)
        _ = try await engine.importCopy("web", from: folder)
        try await Self.plant(world, 3)
        _ = try await engine.sync("web")
        #expect(try Self.found(world).isEmpty)
        let test = try await engine.testFailover("web")
        #expect(try await world.bytes(test) == world.bytes(World.oslo))
    }

    @Test func `a planned failover of an encrypted machine sends no more than an open one`()
        async throws
    {
        let (world, engine) = try await Self.replicating()
        try await world.fabric.stop(World.oslo)
        _ = try await engine.prepare("web", reverses: true)
        _ = try await engine.failOver("web", FailoverRequest(.planned))
        #expect(try await world.areEqual())
        #expect(try await engine.reverse("web").state == .replicating)
        try await world.fabric.start(World.bergen)
        try await Self.plant(world, 7, on: World.bergen)
        let sent = try await world.protection().statistics.bytesSent
        _ = try await engine.sync("web")
        // One block and its frame: the old disks hold the rest, sealed where they stand.
        #expect(try await world.protection().statistics.bytesSent - sent < 70_000)
        #expect(try Self.found(world, at: "oslo").isEmpty)
        try await world.fabric.stop(World.bergen)
        _ = try await engine.prepare("web")
        _ = try await engine.failOver("web", FailoverRequest(.failback))
        #expect(try await world.areEqual())
    }

    @Test func `a resync of an encrypted replica sends the differing blocks only`() async throws {
        let (world, engine) = try await Self.replicating()
        try await Self.plant(world, 3)
        let sent = try await world.protection().statistics.bytesSent
        _ = try await engine.resync("web")
        #expect(try await world.protection().statistics.bytesSent - sent < 70_000)
        let test = try await engine.testFailover("web")
        #expect(try await world.bytes(test) == world.bytes(World.oslo))
    }

    @Test func `R-16 a sealed replica that was left is the base of the next protection`()
        async throws
    {
        let (world, engine) = try await Self.replicating()
        try await engine.remove("web")
        #expect(try Self.found(world).isEmpty)
        _ = try await engine.protect(
            World.oslo, ProtectionOptions(target: "bergen", ownerKey: "contoso"))
        _ = try await engine.firstCopy("web")
        #expect(try await world.protection().statistics.bytesSent < 1000)
        let test = try await engine.testFailover("web")
        #expect(try await world.bytes(test) == world.bytes(World.oslo))
    }

    @Test func `without the key logs are received and wait, and nobody gets in`() async throws {
        let (world, engine) = try await Self.replicating()
        try await Self.plant(world, 2)
        // The log arrives and its application dies.
        world.ledger.refusal.withLock { $0 = Failure(.refused, "the engine dies here") }
        await #expect(code { _ = try await engine.sync("web") } != nil)
        world.ledger.refusal.withLock { $0 = nil }
        let inbox = world.replicaFolder().inbox
        #expect(try HostFiles().names(in: inbox).count == 1)
        let closed = world.engine
        await #expect(code { _ = try await closed.sync("web") } == .keyMissing)
        await #expect(code { _ = try await closed.testFailover("web") } == .keyMissing)
        try await world.fabric.lose("oslo")
        await #expect(
            code { _ = try await closed.failOver("web", FailoverRequest(.unplanned)) }
                == .keyMissing)
        #expect(try HostFiles().names(in: inbox).count == 1)
        #expect(try await world.fabric.machine(World.bergen).role == .replica)
        #expect(try await world.fabric.machines(at: "bergen").count == 1)
        _ = try await engine.failOver("web", FailoverRequest(.unplanned))
        #expect(try Self.found(world) == ["machines/web/disk0.raw"])
    }

    @Test func `without the key a reversal, and a failover that lay half done, change nothing`()
        async throws
    {
        let (world, engine) = try await Self.replicating()
        try await Self.plant(world, 2)
        _ = try await engine.sync("web")
        let life = Life(endsAt: 3, diesAfter: true, among: .record)
        let request = FailoverRequest(.unplanned, point: 1, reason: "tried")
        _ = try? await world.mortalEngine(life, Self.key()).failOver("web", request)
        let begun = try await world.protection()
        try #require(begun.state == .failingOver)
        let closed = world.engine
        await #expect(code { _ = try await closed.failOver("web", request) } == .keyMissing)
        #expect(try await world.protection() == begun)
        _ = try await engine.failOver("web", request)
        _ = try await engine.complete("web")
        let done = try await world.protection()
        let machines = try await world.fabric.machines(at: nil)
        await #expect(code { _ = try await closed.reverse("web") } == .keyMissing)
        #expect(try await world.protection() == done)
        #expect(try await world.fabric.machines(at: nil) == machines)
        _ = try await engine.reverse("web")
        _ = try await engine.sync("web")
        #expect(try await engine.state(of: "web") == .replicating)
    }

    @Test func `a key that is not at hand, or too old a peer, is refused before anything is made`()
        async throws
    {
        let world = try await World()
        let options = ProtectionOptions(target: "bergen", ownerKey: "contoso")
        await #expect(
            code { _ = try await world.engine.protect(World.oslo, options) } == .unknownName)
        let unread = ReplicationEngine(
            fabric: world.fabric, ledger: world.ledger, clock: world.clock, lab: world.folder,
            keys: KeyRing(["contoso": nil]))
        await #expect(code { _ = try await unread.protect(World.oslo, options) } == .keyMissing)
        let old = ReplicationEngine(
            fabric: world.fabric, ledger: world.ledger, clock: world.clock, lab: world.folder,
            policy: ReplicationPolicy(servers: ["oslo": ReplicaServer(version: 1)]),
            keys: KeyRing(["contoso": try Self.key()]))
        await #expect(code { _ = try await old.protect(World.oslo, options) } == .versionRefused)
        #expect(try await world.fabric.machines(at: "bergen").isEmpty)
    }

    @Test func `a log that is not sealed is refused by an encrypted replica, and the other way`()
        async throws
    {
        let (world, engine) = try await Self.replicating()
        let protection = try await world.protection()
        let header = LogHeader(
            direction: .forward, pointKind: .standard, codec: .none, blockBytes: 65_536,
            vm: "web", generation: 1, sequence: 2, baseSequence: 1,
            cutAt: Timestamp(microseconds: 1),
            previous: BlockHash(text: protection.latestLogHash), disks: protection.disks)
        let source = LogSource(size: 1 << 20, extents: [0..<1]) { _, buffer in
            buffer.initializeMemory(as: UInt8.self, repeating: 66)
        }
        _ = try LogWriter(files: HostFiles(), workers: 1).write(
            header, [source],
            to: world.replicaFolder().receivedLog(LogName(generation: 1, sequence: 2)))
        await #expect(code { _ = try await engine.sync("web") } == .logRefused)
        _ = try await engine.sync("web")
        #expect(try await engine.state(of: "web") == .replicating)
    }

    @Test func `a death while images are opened or sealed is survived`() async throws {
        for step in 0..<200 {
            let (world, engine) = try await Self.replicating(pointsKept: 2)
            let content = try await world.bytes(World.oslo)
            try await world.fabric.stop(World.oslo)
            _ = try await engine.prepare("web")
            let life = Life(endsAt: step, diesAfter: step % 2 == 0)
            try? await Self.failOverAndReverse(try world.mortalEngine(life, Self.key()))
            if life.hasEnded { try await Self.failOverAndReverse(try Self.engine(world)) }
            #expect(try await world.bytes(World.bergen) == content, "step \(step)")
            #expect(try Self.found(world, at: "oslo").isEmpty, "step \(step)")
            let machines = try HostFiles().names(in: "\(world.folder)/sites/oslo/machines/web")
            #expect(!machines.contains { $0.hasSuffix(".turned") }, "step \(step)")
            _ = try await engine.sync("web")
            let test = try await engine.testFailover("web")
            #expect(try await world.bytes(test) == content, "step \(step)")
            if !life.hasEnded { return }
        }
        Issue.record("it does not end within 200 changes")
    }

    private static func failOverAndReverse(_ engine: ReplicationEngine) async throws {
        _ = try await engine.failOver("web", FailoverRequest(.planned), operation: "over")
        _ = try await engine.reverse("web", operation: "back")
    }
}
