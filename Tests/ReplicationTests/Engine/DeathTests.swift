// The engine dies before and after every change it makes, in the middle of every verb; a new one is
// asked for the same again, under the same key, and everything ends as if nothing had happened.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct DeathTests {
    struct Scene: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let prepare: @Sendable (World) async throws -> Void
        let act: @Sendable (ReplicationEngine) async throws -> Void
        let check: @Sendable (World) async throws -> Void
    }

    /// Everything that is repeated has an end; a verb that never gets through is a fault.
    private static let stepsMax = 400

    private static func replicate(_ world: World) async throws {
        try await world.protect(pointsKept: 2)
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        for number in 0..<2 {
            world.clock.advance(.seconds(3600))
            try await world.write(
                Noise.bytes(70_000, seed: UInt64(number)), at: Int64(number) * 65_536)
            _ = try await world.engine.sync("web")
        }
        try await world.write(Noise.bytes(70_000, seed: 7), at: 65_536)
        try await world.write([UInt8](repeating: 0, count: 65_536), at: 0)
    }

    private static func failOver(_ world: World) async throws {
        try await replicate(world)
        try await world.failOverPlanned()
    }

    private static func expect(_ world: World, _ state: ProtectionState) async throws {
        #expect(try await world.engine.state(of: "web") == state)
        #expect(try await world.areEqual())
        guard state == .replicating else { return }
        // What a death leaves lying about is gone with the next cycle, which finds nothing to mend.
        _ = try await world.engine.sync("web")
        let protection = try await world.protection()
        #expect(try await world.areEqual())
        for site in [protection.primary.site, protection.replica.site] {
            let folder = world.replicaFolder(site)
            #expect(try HostFiles().names(in: folder.inbox).isEmpty)
            #expect(try HostFiles().names(in: folder.outbox).isEmpty)
        }
    }

    private static let scenes: [Scene] = [
        Scene(
            testDescription: "protect",
            prepare: { _ in },
            act: {
                _ = try await $0.protect(
                    World.oslo, ProtectionOptions(target: "bergen"), operation: "key")
            },
            check: { (world: World) async throws in
                #expect(try await world.engine.state(of: "web") == .readyForInitialReplication)
                #expect(try await world.fabric.machine(World.bergen).role == .replica)
            }),
        Scene(
            testDescription: "firstCopy",
            prepare: { try await $0.protect() },
            act: { _ = try await $0.firstCopy("web", operation: "key") },
            check: { try await expect($0, .replicating) }),
        Scene(
            testDescription: "sync",
            prepare: replicate,
            act: { _ = try await $0.sync("web", operation: "key") },
            check: { try await expect($0, .replicating) }),
        Scene(
            testDescription: "resync",
            prepare: replicate,
            act: { _ = try await $0.resync("web", operation: "key") },
            check: { try await expect($0, .replicating) }),
        Scene(
            testDescription: "prepare",
            prepare: { world in
                try await replicate(world)
                try await world.fabric.stop(World.oslo)
            },
            act: { _ = try await $0.prepare("web", operation: "key") },
            check: { try await expect($0, .preparedForFailover) }),
        Scene(
            testDescription: "planned failover",
            prepare: { world in
                try await replicate(world)
                try await world.fabric.stop(World.oslo)
                _ = try await world.engine.prepare("web")
            },
            act: { _ = try await $0.failOver("web", FailoverRequest(.planned), operation: "key") },
            check: { (world: World) async throws in
                try await expect(world, .failedOverWaitingCompletion)
                #expect(try await world.fabric.machine(World.bergen).role == .production)
            }),
        Scene(
            testDescription: "unplanned failover to an older point",
            prepare: replicate,
            act: {
                _ = try await $0.failOver(
                    "web", FailoverRequest(.unplanned, point: 2, reason: "fire"), operation: "key")
            },
            check: { (world: World) async throws in
                #expect(try await world.engine.state(of: "web") == .failedOverWaitingCompletion)
                #expect(try await world.fabric.machine(World.oslo).power == .off)
                var expected = try await world.bytes(World.oslo)
                // The image at point 2: noise 0 at the start, and not yet what came later.
                expected = Data(Noise.bytes(70_000, seed: 0))
                #expect(try await world.bytes(World.bergen).prefix(70_000) == expected)
                try await world.fabric.start(World.bergen)
            }),
        Scene(
            testDescription: "reverse",
            prepare: failOver,
            act: { _ = try await $0.reverse("web", operation: "key") },
            check: { (world: World) async throws in
                try await expect(world, .replicating)
                #expect(try await world.protection().generation == 2)
            }),
        Scene(
            testDescription: "complete",
            prepare: failOver,
            act: { _ = try await $0.complete("web", operation: "key") },
            check: { try await expect($0, .failedOver) }),
        Scene(
            testDescription: "test failover and clean-up",
            prepare: { world in
                try await replicate(world)
                _ = try await world.engine.sync("web")
            },
            act: { engine in
                _ = try await engine.testFailover("web", operation: "key")
                try await engine.cleanUp("web", operation: "clean")
            },
            check: { (world: World) async throws in
                try await expect(world, .replicating)
                #expect(try await world.fabric.machines(at: "bergen").count == 1)
            }),
        Scene(
            testDescription: "export and import",
            prepare: { try await $0.protect() },
            act: { engine in
                let media = engine.layout.lab + "/media"
                _ = try await engine.export("web", to: media, operation: "out")
                _ = try await engine.importCopy("web", from: media, operation: "in")
            },
            check: { try await expect($0, .replicating) }),
        Scene(
            testDescription: "remove",
            prepare: replicate,
            act: { try await $0.remove("web", operation: "key") },
            check: { (world: World) async throws in
                #expect(try await world.engine.state(of: "web") == .disabled)
            }),
    ]

    @Test(arguments: scenes, [true, false])
    func `death at any change is survived`(_ scene: Scene, _ diesAfter: Bool) async throws {
        for step in 0..<Self.stepsMax {
            let world = try await World(diskBytes: 1 << 19)
            try await scene.prepare(world)
            let life = Life(endsAt: step, diesAfter: diesAfter)
            try? await scene.act(world.mortalEngine(life))
            if life.hasEnded { try await scene.act(world.newEngine()) }
            try await scene.check(world)
            if !life.hasEnded { return }
        }
        Issue.record("\(scene) does not end within \(Self.stepsMax) changes")
    }
}

extension World {
    func mortalEngine(_ life: Life, _ key: OwnerKey? = nil) -> ReplicationEngine {
        ReplicationEngine(
            fabric: MortalFabric(fabric: fabric, life: life),
            ledger: MortalLedger(ledger: ledger, life: life), clock: clock, lab: folder,
            files: MortalFiles(life: life), transport: nil, workers: 1, order: ApplyStep.order,
            keys: KeyRing(key.map { ["owner": $0] } ?? [:]))
    }

    func newEngine() -> ReplicationEngine {
        ReplicationEngine(fabric: fabric, ledger: ledger, clock: clock, lab: folder)
    }
}
