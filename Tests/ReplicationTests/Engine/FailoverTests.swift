// Planned failover with and without reverse and start, unplanned failover, failback, and what keeps
// one machine from running twice.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct FailoverTests {
    @Test(arguments: [true, false], [true, false])
    func `F-2 a planned failover loses nothing, reversed or not, started or not`(
        _ reverses: Bool, _ starts: Bool
    ) async throws {
        let world = try await World.replicating()
        try await world.write([1, 2, 3], at: 70_000)
        _ = try await world.engine.sync("web")
        try await world.write([4, 5, 6], at: 200_000)
        try await world.failOverPlanned()
        #expect(try await world.areEqual())
        if reverses { _ = try await world.engine.reverse("web") }
        if starts {
            try await world.fabric.start(World.bergen)
            try await world.write([7, 8, 9], at: 300_000, on: World.bergen)
        }
        let state = try await world.engine.state(of: "web")
        #expect(state == (reverses ? .replicating : .failedOverWaitingCompletion))
        await #expect(code { try await world.fabric.start(World.oslo) } != nil)
        if !reverses { _ = try await world.engine.reverse("web") }
        let source = try await world.fabric.changeSource(of: World.bergen)
        #expect(try source.pendingBytes().bytes == (starts ? 65_536 : 0))
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        #expect(try await world.protection().primary == World.bergen)
    }

    @Test func `F-2 preparing while the machine runs is refused`() async throws {
        let world = try await World.replicating()
        await #expect(code { _ = try await world.engine.prepare("web") } == .machineNotOff)
        #expect(try await world.engine.state(of: "web") == .replicating)
        await #expect(
            code {
                _ = try await world.engine.failOver("web", FailoverRequest(.planned))
            } == .transitionRefused)
    }

    @Test func `a prepared machine cannot be powered on at either side until that is cancelled`()
        async throws
    {
        let world = try await World.replicating()
        try await world.fabric.stop(World.oslo)
        let prepared = try await world.engine.prepare("web")
        #expect(prepared.state == .preparedForFailover)
        for id in [World.oslo, World.bergen] {
            await #expect(code { try await world.fabric.start(id) } == .machineIsReplica)
        }
        #expect(try await world.engine.cancelPreparation("web").state == .replicating)
        #expect(try await world.engine.cancelPreparation("web").state == .replicating)
        try await world.fabric.start(World.oslo)
        try await world.write([9], at: 0)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
    }

    @Test func `F-7 failback ends with topology and direction as at the start`() async throws {
        let world = try await World.replicating()
        try await world.failOverPlanned()
        _ = try await world.engine.reverse("web")
        try await world.fabric.start(World.bergen)
        try await world.write(Noise.bytes(100_000, seed: 4), at: 1 << 20, on: World.bergen)
        try await world.failOverPlanned(.failback, from: World.bergen)
        _ = try await world.engine.reverse("web")
        try await world.fabric.start(World.oslo)
        try await world.write([5], at: 0)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        let protection = try await world.protection()
        #expect(protection.primary == World.oslo)
        #expect(protection.replica == World.bergen)
        #expect(protection.generation == 3)
        #expect(protection.state == .replicating)
        #expect(try await world.fabric.machine(World.oslo).epoch == 2)
    }

    @Test
    func `F-3 while the primary answers an unplanned failover demands a reason and fences it`()
        async throws
    {
        let world = try await World.replicating()
        world.clock.advance(.seconds(42))
        #expect(try await world.engine.lossWindow(of: "web") == .seconds(42))
        await #expect(
            code {
                _ = try await world.engine.failOver("web", FailoverRequest(.unplanned))
            } == .reasonMissing)
        #expect(try await world.fabric.machine(World.oslo).power == .running)
        let done = try await world.engine.failOver(
            "web", FailoverRequest(.unplanned, reason: "the storage burns"), operation: "run-1")
        #expect(done.state == .failedOverWaitingCompletion)
        #expect(done.failover?.reason == "the storage burns")
        #expect(done.failover?.isPrimaryFenced == true)
        let primary = try await world.fabric.machine(World.oslo)
        #expect(primary.power == .off)
        #expect(primary.role == .replica)
        try await world.fabric.start(World.bergen)
    }

    @Test func `F-6 a primary that did not answer is outgrown, and started nowhere twice`()
        async throws
    {
        let world = try await World.replicating()
        try await world.write([1], at: 0)
        try await world.fabric.lose("oslo")
        let done = try await world.engine.failOver("web", FailoverRequest(.unplanned))
        #expect(done.failover?.isPrimaryFenced == false)
        try await world.fabric.start(World.bergen)
        try await world.fabric.heal("oslo")
        await #expect(code { try await world.fabric.start(World.oslo) } == .epochOutdated)
    }

    @Test
    func `F-4 after an unplanned failover the old disks are the base and only differences travel`()
        async throws
    {
        let world = try await World.replicating()
        try await world.write(Noise.bytes(65_536, seed: 1), at: 0)
        try await world.fabric.lose("oslo")
        _ = try await world.engine.failOver("web", FailoverRequest(.unplanned))
        try await world.fabric.start(World.bergen)
        try await world.write(Noise.bytes(65_536, seed: 2), at: 131_072, on: World.bergen)
        await #expect(code { _ = try await world.engine.reverse("web") } == .transitionRefused)
        #expect(try await world.engine.complete("web").state == .failedOver)
        await #expect(code { _ = try await world.engine.reverse("web") } == .siteUnreachable)
        try await world.fabric.heal("oslo")
        #expect(try await world.engine.reverse("web").state == .waitingForResync)
        let sent = try await world.protection().statistics.bytesSent
        _ = try await world.engine.sync("web")
        #expect(try await world.engine.state(of: "web") == .replicating)
        #expect(try await world.areEqual())
        // The block the old primary had not sent, and the one written since.
        #expect(try await world.protection().statistics.bytesSent - sent < 135_000)
    }

    @Test func `F-3 until it is complete another point may be chosen, forwards and backwards`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 5)
        var cuts = [1: try await world.bytes(World.oslo)]
        for number in 2...5 {
            world.clock.advance(.seconds(3600))
            try await world.write(
                Noise.bytes(70_000, seed: UInt64(number)), at: Int64(number % 2) * 65_536)
            cuts[number] = try await world.bytes(World.oslo)
            _ = try await world.engine.sync("web")
        }
        try await world.fabric.lose("oslo")
        for point in [3, 1, 5, 2, 4] {
            let done = try await world.engine.failOver(
                "web", FailoverRequest(.unplanned, point: point))
            #expect(done.appliedSequence == point)
            #expect(try await world.bytes(World.bergen) == cuts[point], "point \(point)")
        }
        await #expect(
            code {
                _ = try await world.engine.failOver("web", FailoverRequest(.unplanned, point: 9))
            } == .pointMissing)
        #expect(try await world.fabric.machine(World.bergen).role == .production)
        _ = try await world.engine.complete("web")
        #expect(try await world.engine.points(of: "web").map(\.sequence) == [4])
        #expect(try HostFiles().names(in: world.replicaFolder().undo).isEmpty)
        await #expect(
            code {
                _ = try await world.engine.failOver("web", FailoverRequest(.unplanned, point: 4))
            } == .transitionRefused)
    }

    @Test func `F-3: from any point any other can be taken, and after completing none`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 4)
        var cuts = [1: try await world.bytes(World.oslo)]
        for number in 2...4 {
            world.clock.advance(.seconds(3600))
            let bytes = Noise.bytes(70_000, seed: UInt64(number))
            try await world.write(bytes, at: Int64(number % 2) * 65_536)
            cuts[number] = try await world.bytes(World.oslo)
            _ = try await world.engine.sync("web")
        }
        try await world.fabric.lose("oslo")
        // Every pair in both directions, once.
        for point in [1, 2, 3, 4, 1, 3, 1, 4, 2, 4, 3, 2, 1] {
            let request = FailoverRequest(.unplanned, point: point)
            _ = try await world.engine.failOver("web", request)
            #expect(try await world.bytes(World.bergen) == cuts[point], "point \(point)")
        }
        #expect(try await world.engine.points(of: "web").map(\.sequence) == [1, 2, 3, 4])
        _ = try await world.engine.complete("web")
        for point in 1...4 {
            let request = FailoverRequest(.unplanned, point: point)
            await #expect(
                code { _ = try await world.engine.failOver("web", request) } == .transitionRefused)
        }
        #expect(try await world.engine.points(of: "web").map(\.sequence) == [1])
        #expect(try HostFiles().names(in: world.replicaFolder().undo).isEmpty)
        #expect(try await world.bytes(World.bergen) == cuts[1])
    }

    @Test func `a machine that has written since cannot be brought to another point`() async throws
    {
        let world = try await World.replicating(pointsKept: 3)
        try await world.write([1], at: 0)
        _ = try await world.engine.sync("web")
        try await world.fabric.lose("oslo")
        _ = try await world.engine.failOver("web", FailoverRequest(.unplanned))
        try await world.fabric.start(World.bergen)
        try await world.write([2], at: 0, on: World.bergen)
        await #expect(
            code {
                _ = try await world.engine.failOver("web", FailoverRequest(.unplanned, point: 1))
            } == .machineNotOff)
        try await world.fabric.stop(World.bergen)
        await #expect(
            code {
                _ = try await world.engine.failOver("web", FailoverRequest(.unplanned, point: 1))
            } == .pointOverwritten)
        try await world.fabric.start(World.bergen)
    }

    @Test
    func `an old primary that was changed after a planned failover is compared on the way back`()
        async throws
    {
        let world = try await World.replicating()
        try await world.failOverPlanned()
        let path = try await world.fabric.imagePath(of: "disk0", machine: World.oslo)
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seek(toOffset: 3 << 20)
        try handle.write(contentsOf: Data([1, 2, 3]))
        try handle.close()
        #expect(try await world.engine.reverse("web").state == .waitingForResync)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
    }
}
