// how many transfers at once, how fast, and when; all in virtual time.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct TransferBoundsTests {
    @Test func `R-23 the bandwidth of a pair is kept within five percent, however many share it`() {
        for seed in 0..<20 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let rate = Int64.random(in: 10_000...20_000_000, using: &generator)
            var bucket = TokenBucket(bytesPerSecond: rate)
            let start = Timestamp(microseconds: 1_000_000)
            // Each sender asks when its last piece has passed; the one that is free first is next.
            var free = [Timestamp](
                repeating: start, count: Int.random(in: 1...6, using: &generator))
            var sent: Int64 = 0
            var end = start
            while end - start < .seconds(60) {
                let sender = free.indices.min { free[$0] < free[$1] }!
                let piece = Int.random(in: 1...200_000, using: &generator)
                free[sender] = bucket.take(piece, now: free[sender])
                sent += Int64(piece)
                end = max(end, free[sender])
            }
            let measured = Double(sent) / (end - start).seconds
            #expect(abs(measured / Double(rate) - 1) < 0.05, "seed \(seed)")
        }
    }

    @Test func `R-23 a line that was idle saves no burst up`() {
        var bucket = TokenBucket(bytesPerSecond: 1000)
        let start = Timestamp(microseconds: 0)
        #expect(bucket.take(1000, now: start) == start + .seconds(1))
        let later = start + .seconds(100)
        #expect(bucket.take(1000, now: later) == later + .seconds(1))
    }

    @Test func `R-23 a first copy and a cycle take the time their bytes take`() async throws {
        let rate = 200_000
        let policy = try TransferPolicy(
            transfersMax: 6,
            pairs: [SitePairRule(from: "oslo", to: "bergen", bytesPerSecond: ByteCount(rate))])
        let world = try await World(policy: ReplicationPolicy(transfers: policy))
        try await world.protect(isCompressed: false)
        var started = world.clock.now
        _ = try await world.engine.firstCopy("web")
        // Half of the image is noise, the rest a hole.
        expect(world.clock.now - started, (2 << 20) / rate)
        try await world.fabric.start(World.oslo)
        try await world.write(Noise.bytes(1 << 20, seed: 1), at: 0)
        started = world.clock.now
        _ = try await world.engine.sync("web")
        expect(world.clock.now - started, (1 << 20) / rate)
        #expect(try await world.areEqual())
        // The other direction has no limit.
        try await world.failOverPlanned()
        _ = try await world.engine.reverse("web")
        try await world.fabric.start(World.bergen)
        try await world.write(Noise.bytes(1 << 20, seed: 2), at: 0, on: World.bergen)
        started = world.clock.now
        _ = try await world.engine.sync("web")
        #expect(world.clock.now == started)
    }

    private func expect(_ spent: Duration, _ seconds: Int) {
        #expect(abs(spent.seconds / Double(seconds) - 1) < 0.15)
    }

    @Test func `R-23 no more transfers than allowed run at once, in the order they came`()
        async throws
    {
        let slots = TransferSlots(2)
        let gates = (0..<5).map { _ in Gate() }
        let order = Locked<[Int]>([])
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<5 {
            let come = Gate()
            tasks.append(
                Task {
                    come.open()
                    try await slots.holding {
                        order.withLock { $0.append(number) }
                        await gates[number].pass()
                    }
                })
            await come.pass()
            // Whoever waits is known before the next one comes.
            while await slots.taken + slots.waitingCount < number + 1 { await Task.yield() }
        }
        for number in 0..<5 {
            await gates[number].untilReached()
            #expect(await slots.taken <= 2)
            gates[number].open()
            try await tasks[number].value
        }
        #expect(order.withLock { $0 } == [0, 1, 2, 3, 4])
    }

    @Test func `R-23 the machines of an engine share its slots`() async throws {
        let line = CrowdedTransport()
        let policy = try TransferPolicy(transfersMax: 2, pairs: [])
        let world = try await World(
            transport: line, diskBytes: 1 << 18, policy: ReplicationPolicy(transfers: policy))
        line.use(LocalTransport(layout: LabLayout(lab: world.folder), files: HostFiles()))
        let image = try await world.fabric.imagePath(of: "disk0", machine: World.oslo)
        for number in 0..<5 {
            let id = MachineID(site: "oslo", name: "vm\(number)")
            try await world.fabric.importMachine(
                VirtualMachine(id: id, host: "oslo-host"), disks: [.image(path: image)])
            _ = try await world.engine.protect(id, ProtectionOptions(target: "bergen"))
        }
        let gate = line.hold(until: 2)
        try await withThrowingTaskGroup { group in
            for number in 0..<5 {
                group.addTask { _ = try await world.engine.firstCopy("vm\(number)") }
            }
            await gate.untilReached()
            gate.open()
            try await group.waitForAll()
        }
        #expect(line.most == 2)
        for number in 0..<5 {
            let replica = MachineID(site: "bergen", name: "vm\(number)")
            #expect(try await world.areEqual(World.oslo, replica))
        }
    }

    @Test func `R-23 who waits for room at the receiver holds no slot`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("log", [1, 2, 3])
        let line = BusyTransport()
        line.isBusy.withLock { $0 = true }
        let slots = TransferSlots(1)
        let clock = WatchedClock { #expect(await slots.taken == 0) }
        let delivery = Delivery(
            transport: line, files: HostFiles(), clock: clock, slots: slots, bandwidth: nil)
        let shipment = Shipment(
            vm: "web", name: LogName(generation: 1, sequence: 1), source: "oslo",
            target: "bergen", bytes: 3)
        await #expect(
            code { try await delivery.deliver(folder.path("log"), shipment) } == .transferBusy)
        #expect(clock.sleeps > 5)
    }

    @Test func `R-23 a failed transfer gives its slot back`() async throws {
        let slots = TransferSlots(1)
        for _ in 0..<3 {
            await #expect(
                code { try await slots.holding { throw Failure(.refused, "no") } } == .refused)
        }
        #expect(await slots.taken == 0)
    }

    @Test func `R-23 outside its windows a cycle waits, the first copy too`() async throws {
        let rule = SitePairRule(
            from: "oslo", to: "bergen",
            windows: [try TimeWindow(text: "22:00-06:00 Europe/Oslo")])
        let policy = try TransferPolicy(transfersMax: 6, pairs: [rule])
        let world = try await World(policy: ReplicationPolicy(transfers: policy))
        try await world.protect()
        // 2027-01-15T08:00:00Z is nine in the morning in Oslo.
        let opening = Timestamp(microseconds: 1_800_000_000_000_000 + 13 * 3_600_000_000)
        #expect(world.clock.now.description == "2027-01-15T08:00:00.000Z")
        let point = try await world.engine.firstCopy("web", operation: "key")
        #expect(point.cutAt == opening)
        #expect(try await world.engine.sync("web").cutAt == opening)
        world.clock.advance(.seconds(8 * 3600))
        // Nothing is waited for that would not be a cycle.
        _ = try await world.engine.firstCopy("web", operation: "key")
        _ = try await world.engine.suspend("web")
        await #expect(code { _ = try await world.engine.sync("web") } == .transitionRefused)
        #expect(world.clock.now == opening + .seconds(8 * 3600))
        _ = try await world.engine.resume("web")
        // A planned failover sends the rest at any time.
        try await world.failOverPlanned()
        #expect(world.clock.now == opening + .seconds(8 * 3600))
    }
}

/// Moves on at every sleep, and looks at something then.
private final class WatchedClock: WallClock {
    private let clock = HandClock()
    private let look: @Sendable () async -> Void
    private let count = Locked(0)

    init(_ look: @escaping @Sendable () async -> Void) { self.look = look }

    var now: Timestamp { clock.now }
    var sleeps: Int { count.withLock { $0 } }

    func sleep(until deadline: Timestamp) async throws {
        await look()
        count.withLock { $0 += 1 }
        try await clock.sleep(until: deadline)
    }
}
