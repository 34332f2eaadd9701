// A chain of three sites: the extended relationship, its rules, and the ways back (R-15, F-8).
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct ChainTests {
    private static let key = "web:extended"
    private static let tromso = MachineID(site: "tromso", name: "web")

    /// A→B→C, copied all the way, A running.
    private func chain(
        files: any FileSystem = HostFiles(), pointsKept: Int = 1
    ) async throws -> World {
        let world = try await World.replicating(pointsKept: pointsKept, files: files)
        try await world.addTromso()
        try await world.extend()
        _ = try await world.engine.firstCopy(Self.key)
        return world
    }

    private func extended(_ world: World) async throws -> Protection {
        try #require(try await world.engine.protection(of: Self.key))
    }

    @Test func `R-15 what reaches the replica goes on to its own, once, with the time of its cut`()
        async throws
    {
        let world = try await chain()
        #expect(try await world.areEqual(World.oslo, Self.tromso))
        for number in 0..<3 {
            world.clock.advance(.seconds(60))
            try await world.write(Noise.bytes(65_536, seed: UInt64(number)), at: 65_536)
            _ = try await world.engine.sync("web")
        }
        let cutAt = world.clock.now
        world.clock.advance(.seconds(600))
        #expect(try await world.engine.measure(Self.key).pending?.bytes == 65_536)
        let sent = try await extended(world).statistics.bytesSent
        let point = try await world.engine.sync(Self.key)
        #expect(point.cutAt == cutAt)
        #expect(try await world.engine.lossWindow(of: Self.key) == .seconds(600))
        // The block that three logs brought travels once.
        #expect(try await extended(world).statistics.bytesSent - sent < 67_000)
        #expect(try await world.areEqual(World.bergen, Self.tromso))
        #expect(try await world.engine.measure(Self.key).pending?.bytes == 0)
    }

    @Test func `R-15 intervals, second replicas and rings are held to the rules`() async throws {
        let world = try await World()
        try await world.addTromso()
        try await world.protect()
        await #expect(code { try await world.extend() } == .transitionRefused)
        _ = try await world.engine.firstCopy("web")
        await #expect(code { try await world.extend(.thirtySeconds) } == .intervalInvalid)
        await #expect(code { try await world.extend(.continuous) } == .intervalInvalid)
        for site in ["oslo", "bergen"] {
            await #expect(code { try await world.extend(to: site) } == .alreadyProtected)
        }
        await #expect(code { try await world.extend(disks: ["disk0"]) } == .usage)
        await #expect(code { try await world.extend(pointsKept: 25) } == .usage)
        try await world.extend(.fifteenMinutes)
        await #expect(code { try await world.extend() } == .alreadyProtected)
        await #expect(
            code {
                _ = try await world.engine.extend(Self.key, ProtectionOptions(target: "oslo"))
            } == .alreadyProtected)
        await #expect(
            code {
                _ = try await world.engine.protect(
                    World.oslo, ProtectionOptions(target: "tromso"))
            } == .alreadyProtected)
        #expect(try await world.engine.summaries().map(\.key) == ["web", Self.key])
        // Intervals are changed within the same rules.
        _ = try await world.engine.setInterval(.fifteenMinutes, of: "web")
        await #expect(
            code { _ = try await world.engine.setInterval(.fiveMinutes, of: Self.key) }
                == .intervalInvalid)
        let simple = try await world.engine.setInterval(.thirtySeconds, of: "web")
        #expect(simple.interval == .thirtySeconds)
        _ = try await world.engine.setInterval(.fiveMinutes, of: Self.key)
        await #expect(
            code { _ = try await world.engine.setInterval(.fifteenMinutes, of: "web") }
                == .intervalInvalid)
    }

    @Test func `R-19 both relationships are measured apart`() async throws {
        let world = try await chain()
        try await world.write([1], at: 0)
        _ = try await world.engine.sync("web")
        _ = try await world.engine.suspend(Self.key)
        try await world.write([1], at: 0)
        let simple = try await world.engine.measure("web")
        let extended = try await world.engine.measure(Self.key)
        #expect(simple.relationship == .simple)
        #expect(extended.relationship == .extended)
        #expect([simple.state, extended.state] == [.replicating, .suspended])
        #expect(simple.succeeded == 2)
        #expect(extended.succeeded == 1)
        #expect([simple.health, extended.health] == [.normal, .warning])
        #expect(simple.pending?.bytes == 65_536)
        #expect(extended.pending?.bytes == 65_536)
        _ = try await world.engine.sync("web")
        _ = try await world.engine.resume(Self.key)
        _ = try await world.engine.sync(Self.key)
        #expect(try await world.areEqual(World.oslo, Self.tromso))
    }

    @Test func `a kept log that is damaged, or a replica that was written to, makes C compare`()
        async throws
    {
        let world = try await chain()
        try await world.write(Noise.bytes(65_536, seed: 1), at: 0)
        _ = try await world.engine.sync("web")
        let onward = LabLayout(lab: world.folder).folder(of: Self.key, at: "bergen", in: nil).onward
        let kept = try #require(try HostFiles().names(in: onward).first)
        try Data("no log".utf8).write(to: URL(filePath: "\(onward)/\(kept)"))
        _ = try await world.engine.sync(Self.key)
        #expect(try await world.areEqual(World.oslo, Self.tromso))
        #expect(try HostFiles().names(in: onward).isEmpty)

        let path = try await world.fabric.imagePath(of: "disk0", machine: World.bergen)
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.write(contentsOf: Data([1, 2, 3]))
        try handle.close()
        await #expect(code { _ = try await world.engine.sync("web") } == .replicaChanged)
        #expect(try await extended(world).state == .waitingForResync)
        // Nobody knows what the replica holds: nothing of it goes on.
        await #expect(code { _ = try await world.engine.sync(Self.key) } == .pointMissing)
        _ = try await world.engine.sync("web")
        _ = try await world.engine.sync(Self.key)
        #expect(try await world.areEqual(World.oslo, Self.tromso))
    }

    @Test func `what is kept for C is bounded: beyond half of its disks it compares`()
        async throws
    {
        let world = try await chain()
        let onward = LabLayout(lab: world.folder).folder(of: Self.key, at: "bergen", in: nil).onward
        _ = try await world.engine.suspend(Self.key)
        for number in 0..<9 {
            try await world.write(Noise.bytes(4 * 65_536, seed: UInt64(number)), at: 0)
            _ = try await world.engine.sync("web")
        }
        #expect(try await extended(world).state == .resyncSuspended)
        #expect(try HostFiles().names(in: onward).isEmpty)
        let sent = try await extended(world).statistics.bytesSent
        _ = try await world.engine.resume(Self.key)
        _ = try await world.engine.sync(Self.key)
        #expect(try await extended(world).statistics.bytesSent - sent < 4 * 65_536 + 2000)
        #expect(try await world.areEqual(World.oslo, Self.tromso))
    }

    @Test func `F-8 while B→C stands A→B is neither reversed nor removed, and C can be resumed`()
        async throws
    {
        let world = try await chain()
        await #expect(code { try await world.engine.remove("web") } == .extendedStands)
        await #expect(
            code { _ = try await world.engine.prepare(Self.key) } == .transitionRefused)
        await #expect(
            code { _ = try await world.engine.cancelPreparation(Self.key) } == .transitionRefused)
        #expect(try await world.fabric.machine(World.bergen).role == .replica)
        try await world.write(Noise.bytes(65_536, seed: 1), at: 0)
        try await world.failOverPlanned()
        #expect(try await extended(world).state == .resyncSuspended)
        await #expect(code { _ = try await world.engine.reverse("web") } == .extendedStands)
        try await world.fabric.start(World.bergen)
        try await world.write(Noise.bytes(65_536, seed: 2), at: 65_536, on: World.bergen)
        _ = try await world.engine.resume(Self.key)
        let sent = try await extended(world).statistics.bytesSent
        _ = try await world.engine.sync(Self.key)
        #expect(try await world.areEqual(World.bergen, Self.tromso))
        #expect(try await extended(world).statistics.bytesSent - sent < 133_000)
        // From now on only what the new production machine writes travels.
        try await world.write([1], at: 1 << 20, on: World.bergen)
        _ = try await world.engine.sync(Self.key)
        #expect(try await world.areEqual(World.bergen, Self.tromso))
    }

    @Test func `F-8 a chain comes home: C is an orphan, B→A, failed over, and C taken up again`()
        async throws
    {
        let world = try await chain()
        try await world.fabric.lose("oslo")
        _ = try await world.engine.failOver("web", FailoverRequest(.unplanned))
        try await world.fabric.start(World.bergen)
        _ = try await world.engine.complete("web")
        try await world.write(Noise.bytes(65_536, seed: 2), at: 65_536, on: World.bergen)
        try await world.fabric.heal("oslo")
        await #expect(code { _ = try await world.engine.reverse("web") } == .extendedStands)
        try await world.engine.remove(Self.key)
        #expect(try await world.engine.orphans() == [Self.tromso])
        #expect(try await world.engine.reverse("web").state == .waitingForResync)
        _ = try await world.engine.sync("web")
        try await world.failOverPlanned(.failback, from: World.bergen)
        _ = try await world.engine.reverse("web")
        try await world.fabric.start(World.oslo)
        #expect(try await world.protection().primary == World.oslo)
        try await world.write([1], at: 0)
        _ = try await world.engine.sync("web")
        try await world.extend()
        _ = try await world.engine.firstCopy(Self.key)
        // What C had is the base: the two blocks that were written since travel.
        #expect(try await extended(world).statistics.bytesSent < 132_000)
        #expect(try await world.areEqual(World.oslo, Self.tromso))
        #expect(try await world.engine.orphans().isEmpty)
    }

    @Test func `the end of a chain takes over when both sites before it are lost, and only once`()
        async throws
    {
        let world = try await chain()
        await #expect(
            code {
                _ = try await world.engine.failOver(Self.key, FailoverRequest(.unplanned))
            } == .reasonMissing)
        let done = try await world.engine.failOver(
            Self.key, FailoverRequest(.unplanned, reason: "fire in both"))
        #expect(done.production == Self.tromso)
        #expect(try await world.fabric.machine(World.oslo).power == .off)
        #expect(try await world.engine.state(of: "web") == .suspended)
        try await world.fabric.start(Self.tromso)
        await #expect(code { try await world.fabric.start(World.oslo) } == .machineIsReplica)
        _ = try await world.engine.complete(Self.key)
        await #expect(code { _ = try await world.engine.reverse(Self.key) } == .alreadyProtected)
        try await world.engine.remove("web")
        #expect(try await world.engine.orphans() == [World.oslo])
        await #expect(
            code {
                _ = try await world.engine.protect(Self.tromso, ProtectionOptions(target: "oslo"))
            } == .alreadyProtected)
        #expect(try await world.engine.reverse(Self.key).state == .waitingForResync)
        _ = try await world.engine.sync(Self.key)
        #expect(try await world.areEqual(Self.tromso, World.bergen))
    }

    @Test func `a point chosen anew at B is compared with what C holds`() async throws {
        let world = try await chain(pointsKept: 3)
        try await world.write(Noise.bytes(65_536, seed: 1), at: 0)
        _ = try await world.engine.sync("web")
        _ = try await world.engine.sync(Self.key)
        try await world.fabric.lose("oslo")
        _ = try await world.engine.failOver("web", FailoverRequest(.unplanned, point: 1))
        _ = try await world.engine.resume(Self.key)
        _ = try await world.engine.sync(Self.key)
        #expect(try await world.areEqual(World.bergen, Self.tromso))
        _ = try await world.engine.failOver("web", FailoverRequest(.unplanned, point: 2))
        #expect(try await extended(world).state == .resyncSuspended)
        _ = try await world.engine.resume(Self.key)
        _ = try await world.engine.sync(Self.key)
        #expect(try await world.areEqual(World.bergen, Self.tromso))
    }
}

extension World {
    func addTromso() async throws {
        try await fabric.createSite("tromso")
        try await fabric.addHost("tromso-host", at: "tromso")
        try await fabric.addNetwork(Network(name: "tenant"), at: "tromso")
        try await fabric.addSwitch(
            Switch(name: "tenant", network: "tenant"), host: nil, at: "tromso")
    }

    func extend(
        _ interval: ReplicationInterval = .fiveMinutes, to site: String = "tromso",
        disks: [String]? = nil, pointsKept: Int = 1
    ) async throws {
        _ = try await engine.extend(
            "web",
            ProtectionOptions(
                target: site, interval: interval, pointsKept: pointsKept, disks: disks))
    }
}
