// The engine dies in the verbs of a chain, and is asked again.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct ChainDeathTests {
    private static let key = "web:extended"
    private static let tromso = MachineID(site: "tromso", name: "web")

    @Test(arguments: [true, false])
    func `death while a replica is extended, and while that ends, is survived`(
        _ diesAfter: Bool
    ) async throws {
        for step in 0..<200 {
            let world = try await World(diskBytes: 1 << 18)
            try await world.protect()
            _ = try await world.engine.firstCopy("web")
            try await world.addTromso()
            let options = ProtectionOptions(target: "tromso")
            let life = Life(endsAt: step, diesAfter: diesAfter)
            let mortal = world.mortalEngine(life)
            _ = try? await mortal.extend("web", options, operation: "key")
            _ = try? await mortal.remove(Self.key)
            _ = try await world.engine.extend("web", options, operation: "key")
            _ = try await world.engine.firstCopy(Self.key)
            #expect(try await world.areEqual(World.oslo, Self.tromso), "death at \(step)")
            if !life.hasEnded { return }
        }
        Issue.record("extending does not end within 200 changes")
    }

    @Test(arguments: [true, false])
    func `death in a cycle of either relationship is survived`(_ diesAfter: Bool) async throws {
        // Every seventh change, the two kinds of death at different ones: a world of three sites
        // takes its time.
        for step in stride(from: diesAfter ? 3 : 0, to: 400, by: 7) {
            let world = try await World(diskBytes: 1 << 18)
            try await world.protect()
            _ = try await world.engine.firstCopy("web")
            try await world.fabric.start(World.oslo)
            try await world.addTromso()
            try await world.extend()
            _ = try await world.engine.firstCopy(Self.key)
            try await world.write(Noise.bytes(65_536, seed: 7), at: 65_536)
            let life = Life(endsAt: step, diesAfter: diesAfter)
            let mortal = world.mortalEngine(life)
            _ = try? await mortal.sync("web", operation: "a")
            _ = try? await mortal.sync(Self.key, operation: "b")
            // C alone is asked first: it must not take half of what B has.
            let engine = world.newEngine()
            _ = try await engine.sync(Self.key, operation: "b")
            _ = try await engine.sync("web", operation: "a")
            _ = try await engine.sync(Self.key)
            #expect(try await world.areEqual(World.oslo, Self.tromso), "death at \(step)")
            if !life.hasEnded { return }
        }
        Issue.record("a cycle does not end within 400 changes")
    }
}
