// Replication over a bad line: whatever is dropped, delayed, doubled, spoilt or cut off, nothing
// wrong is ever applied, and what broke goes on. And whatever the replica does, the primary writes.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct BadLineTests {
    private static let seeds = 5

    @Test func `a line with every fault costs time, and never a wrong byte`() async throws {
        var struck: Set<TransportFaults.Fault> = []
        for seed in 0..<Self.seeds {
            var percent: [TransportFaults.Fault: Int] = [:]
            for fault in TransportFaults.Fault.allCases { percent[fault] = 4 }
            let faults = TransportFaults(seed: UInt64(seed), percent: percent)
            let (world, line) = try await Self.world(faults)
            try await world.protect(pointsKept: 3, isCompressed: false)
            try await Self.persist(seed) { _ = try await world.engine.firstCopy("web") }
            try await world.fabric.start(World.oslo)
            for round in 0..<3 {
                for piece in 0..<2 {
                    try await world.write(
                        Noise.bytes(100_000, seed: UInt64(seed * 100 + round * 10 + piece)),
                        at: Int64(piece) * 900_000)
                }
                try await Self.persist(seed) { _ = try await world.engine.sync("web") }
                #expect(try await world.areEqual(), "seed \(seed), round \(round)")
            }
            struck.formUnion(line.struck.keys)
        }
        #expect(struck == Set(TransportFaults.Fault.allCases))
    }

    /// Asks again until it is done; what fails, fails by a name.
    private static func persist(_ seed: Int, _ verb: () async throws -> Void) async throws {
        let expected: [Failure.Code?] = [nil, .transferInterrupted, .transferDamaged]
        for _ in 0..<50 {
            let failed = await code(verb)
            #expect(expected.contains(failed), "seed \(seed): \(failed as Any)")
            if failed == nil { return }
        }
        Issue.record("seed \(seed): fifty cycles do not get through")
    }

    private static func world(
        _ faults: TransportFaults
    ) async throws -> (World, FaultyTransport) {
        let later = LateTransport()
        // A slow line has small pieces, each of which can suffer.
        let rule = SitePairRule(
            from: "oslo", to: "bergen", bytesPerSecond: ByteCount(400_000))
        let policy = try TransferPolicy(transfersMax: 6, pairs: [rule])
        let world = try await World(
            transport: later, diskBytes: 2 << 20, policy: ReplicationPolicy(transfers: policy))
        let local = LocalTransport(layout: LabLayout(lab: world.folder), files: HostFiles())
        let line = FaultyTransport(local, faults: faults, clock: world.clock)
        later.use(line)
        return (world, line)
    }

    @Test func `a transfer that broke goes on where it broke, and sends nothing twice`()
        async throws
    {
        let line = CountingTransport()
        let world = try await World(transport: line)
        line.use(LocalTransport(layout: LabLayout(lab: world.folder), files: HostFiles()))
        try await world.protect(isCompressed: false)
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        try await world.write(Noise.bytes(4 << 20, seed: 1), at: 0)
        let before = line.sent
        line.breaks(after: 2)
        await #expect(code { _ = try await world.engine.sync("web") } == .transferInterrupted)
        #expect(line.sent - before == 2 << 20)
        line.breaks(after: nil)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        // The log that broke, once; and one of the same blocks, whose cut was not acknowledged.
        #expect(line.sent - before < 2 * ((4 << 20) + 10_000))
    }

    @Test func `a replica that is full for longer than the patience fails the cycle by name`()
        async throws
    {
        let line = BusyTransport()
        let world = try await World.replicating(transport: line)
        try await world.write([1], at: 0)
        let started = world.clock.now
        line.isBusy.withLock { $0 = true }
        await #expect(code { _ = try await world.engine.sync("web") } == .transferBusy)
        #expect(world.clock.now - started <= Limits.transferPatience + .seconds(1))
        #expect(world.clock.now - started >= Limits.transferPatience - .seconds(8))
        line.isBusy.withLock { $0 = false }
        _ = try await world.engine.sync("web")
        #expect(try await world.engine.state(of: "web") == .replicating)
    }

    @Test func `R-25 a replica that does not answer never holds up a guest's write`()
        async throws
    {
        let line = StalledTransport()
        let world = try await World.replicating(transport: line)
        try await world.write(Noise.bytes(65_536, seed: 1), at: 0)
        let gate = line.stall()
        let cycle = Task { try await world.engine.sync("web") }
        await gate.untilReached()
        // While the cycle hangs at the replica every write is done, cut or not.
        for number in 0..<200 {
            try await world.write(
                Noise.bytes(8192, seed: UInt64(number)), at: Int64(number % 32) * 65_536)
        }
        #expect(line.isStalled)
        gate.open()
        _ = try await cycle.value
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
    }

    @Test func `R-25 an absent replica costs the primary nothing but marks`() async throws {
        let faults = TransportFaults(seed: 1, percent: [:])
        let (world, line) = try await Self.world(faults)
        try await world.protect()
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        line.setDown(true)
        for number in 0..<10 {
            try await world.write(Noise.bytes(8192, seed: UInt64(number)), at: 0)
            await #expect(code { _ = try await world.engine.sync("web") } == .transferInterrupted)
        }
        #expect(try await world.engine.measure("web").pending?.bytes == 65_536)
        let outbox = world.replicaFolder("oslo").outbox
        #expect(try HostFiles().names(in: outbox).count <= 1)
        line.setDown(false)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
    }
}
