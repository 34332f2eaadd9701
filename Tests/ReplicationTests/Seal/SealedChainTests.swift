// A chain under an owner's key: what is sealed at B is sealed at C, under the same key, in every
// direction and whoever of them is production.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct SealedChainTests {
    private static let key = "web:extended"
    private static let tromso = MachineID(site: "tromso", name: "web")

    /// A→B→C, copied all the way; text that anybody would find in A's first block.
    private static func chain() async throws -> (World, ReplicationEngine) {
        let (world, engine) = try await EncryptionTests.replicating()
        try await world.addTromso()
        _ = try await engine.extend("web", ProtectionOptions(target: "tromso", pointsKept: 3))
        _ = try await engine.firstCopy(key)
        return (world, engine)
    }

    /// A test machine of C holds what `machine` does, and C itself shows nothing.
    private static func expectSealed(
        _ world: World, _ engine: ReplicationEngine, like machine: MachineID
    ) async throws {
        #expect(try EncryptionTests.found(world, at: "tromso").isEmpty)
        let test = try await engine.testFailover(key)
        #expect(try await world.bytes(test) == world.bytes(machine))
        try await engine.cleanUp(key)
        #expect(try EncryptionTests.found(world, at: "tromso").isEmpty)
    }

    @Test func `R-15 what is sealed at the replica is sealed at its own, and can be opened there`()
        async throws
    {
        let (world, engine) = try await Self.chain()
        try await Self.expectSealed(world, engine, like: World.oslo)
        #expect(try await world.bytes(World.bergen) == world.bytes(Self.tromso))
        for block in 2...4 {
            try await EncryptionTests.plant(world, block)
            _ = try await engine.sync("web")
        }
        let sent = try await extended(engine).statistics.bytesSent
        _ = try await engine.sync(Self.key)
        // Three blocks that compress well, for they are opened before they are logged.
        #expect(try await extended(engine).statistics.bytesSent - sent < 200_000)
        #expect(try EncryptionTests.found(world).isEmpty)
        try await Self.expectSealed(world, engine, like: World.oslo)
        // A resync compares sealed with sealed.
        let before = try await extended(engine).statistics.bytesSent
        _ = try await engine.resync(Self.key)
        #expect(try await extended(engine).statistics.bytesSent - before < 1000)
    }

    private func extended(_ engine: ReplicationEngine) async throws -> Protection {
        try #require(try await engine.protection(of: Self.key))
    }

    @Test func `F-8 a sealed chain is failed over at B, goes on to C, and comes home`() async throws
    {
        let (world, engine) = try await Self.chain()
        try await world.fabric.lose("oslo")
        _ = try await engine.failOver("web", FailoverRequest(.unplanned))
        _ = try await engine.complete("web")
        #expect(try await world.bytes(World.bergen).starts(with: EncryptionTests.planted))
        try await world.fabric.start(World.bergen)
        try await EncryptionTests.plant(world, 5, on: World.bergen)
        _ = try await engine.resume(Self.key)
        _ = try await engine.sync(Self.key)
        try await Self.expectSealed(world, engine, like: World.bergen)

        try await world.fabric.heal("oslo")
        try await engine.remove(Self.key)
        _ = try await engine.reverse("web")
        _ = try await engine.sync("web")
        try await world.fabric.stop(World.bergen)
        _ = try await engine.prepare("web")
        _ = try await engine.failOver("web", FailoverRequest(.failback))
        _ = try await engine.reverse("web")
        #expect(try await world.bytes(World.oslo).starts(with: EncryptionTests.planted))
        #expect(try EncryptionTests.found(world).isEmpty)
        try await world.fabric.start(World.oslo)
        _ = try await engine.extend(
            "web", ProtectionOptions(target: "tromso", takesExisting: true))
        _ = try await engine.firstCopy(Self.key)
        // C's disks, sealed as they stand, were the base.
        #expect(try await extended(engine).statistics.bytesSent < 1000)
        try await Self.expectSealed(world, engine, like: World.oslo)
    }

    @Test(arguments: [true, false])
    func `F-8 the end of a sealed chain takes over, and is replicated back to B, sealed there`(
        _ isMiddleOpen: Bool
    ) async throws {
        let (world, engine) = try await Self.chain()
        if isMiddleOpen {
            // B serves when C takes over: its disks are open, and are sealed as a replica's.
            _ = try await engine.failOver("web", FailoverRequest(.unplanned, reason: "tried"))
            _ = try await engine.resume(Self.key)
            _ = try await engine.sync(Self.key)
        }
        let content = try await world.bytes(World.oslo)
        _ = try await engine.failOver(Self.key, FailoverRequest(.unplanned, reason: "tried"))
        #expect(try await world.bytes(Self.tromso) == content)
        try await world.fabric.start(Self.tromso)
        try await EncryptionTests.plant(world, 6, on: Self.tromso)
        _ = try await engine.complete(Self.key)
        if isMiddleOpen { _ = try await engine.complete("web") }
        try await engine.remove("web")
        _ = try await engine.reverse(Self.key)
        #expect(try EncryptionTests.found(world).isEmpty)
        _ = try await engine.sync(Self.key)
        #expect(try EncryptionTests.found(world).isEmpty)
        let test = try await engine.testFailover(Self.key)
        #expect(try await world.bytes(test) == world.bytes(Self.tromso))
        try await engine.cleanUp(Self.key)
        try await world.fabric.stop(Self.tromso)
        _ = try await engine.prepare(Self.key)
        _ = try await engine.failOver(Self.key, FailoverRequest(.failback))
        #expect(try await world.bytes(World.bergen) == world.bytes(Self.tromso))
        _ = try await engine.reverse(Self.key)
        try await world.fabric.start(World.bergen)
        try await Self.expectSealed(world, engine, like: World.bergen)
    }

    @Test func `without the key a sealed chain is neither made, nor cut, nor failed over`()
        async throws
    {
        let (world, engine) = try await EncryptionTests.replicating()
        try await world.addTromso()
        let closed = world.engine
        let options = ProtectionOptions(target: "tromso")
        await #expect(code { _ = try await closed.extend("web", options) } == .keyMissing)
        #expect(try await world.fabric.machines(at: "tromso").isEmpty)
        var keyed = options
        keyed.ownerKey = "contoso"
        await #expect(code { _ = try await engine.extend("web", keyed) } == .usage)
        _ = try await engine.extend("web", options)
        _ = try await engine.firstCopy(Self.key)
        try await EncryptionTests.plant(world, 3)
        _ = try await engine.sync("web")

        await #expect(code { _ = try await closed.sync(Self.key) } == .keyMissing)
        // What it would send can be told without the key.
        #expect(try await closed.measure(Self.key).pending?.bytes == 65_536)
        await #expect(code { _ = try await closed.testFailover(Self.key) } == .keyMissing)
        let request = FailoverRequest(.unplanned, reason: "tried")
        await #expect(code { _ = try await closed.failOver(Self.key, request) } == .keyMissing)
        #expect(try await world.fabric.machine(Self.tromso).role == .replica)
        #expect(try await world.fabric.machine(World.oslo).power == .running)
        _ = try await engine.sync(Self.key)
        try await Self.expectSealed(world, engine, like: World.oslo)
    }
}
