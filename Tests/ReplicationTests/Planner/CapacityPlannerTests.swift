// The planner against writes that are known, in a time that the writes make pass.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

/// A clock in which something happens whenever somebody sleeps.
private final class EventfulClock: WallClock {
    private let time = Locked(Timestamp(microseconds: 1_800_000_000_000_000))
    private let happening = Locked<@Sendable () async throws -> Void>({})

    var now: Timestamp { time.withLock { $0 } }

    func sleep(until deadline: Timestamp) async throws {
        try await happening.withLock({ $0 })()
        time.withLock { $0 = deadline }
    }

    func onSleep(_ happening: @escaping @Sendable () async throws -> Void) {
        self.happening.withLock { $0 = happening }
    }
}

@Suite struct CapacityPlannerTests {
    private static let block: Int64 = 65_536

    /// Each look: four blocks that nothing touched before, and one that is written every time.
    private func plan(_ world: World, cycles: Bool) async throws -> CapacityPlan {
        let clock = EventfulClock()
        let engine = ReplicationEngine(
            fabric: world.fabric, ledger: world.ledger, clock: clock, lab: world.folder)
        let looks = Locked(0)
        clock.onSleep {
            let look = looks.withLock { looks in
                looks += 1
                return looks
            }
            try await world.write(Noise.bytes(10, seed: UInt64(look)), at: 0)
            let start = (1 + Int64(look % 15) * 4) * Self.block
            try await world.write(
                Noise.bytes(4 * Int(Self.block), seed: UInt64(look)), at: start)
            if cycles, look % 5 == 0 { _ = try await engine.sync("web") }
        }
        let plans = try await CapacityPlanner(engine).watch(
            [World.oslo], for: .seconds(1800))
        #expect(looks.withLock { $0 } == 60)
        return try #require(plans.first)
    }

    @Test func `R-24 churn is within five percent of what was written, for each interval`()
        async throws
    {
        let world = try await World()
        try await world.fabric.start(World.oslo)
        let plan = try await plan(world, cycles: false)
        let written = 60 * 5 * Self.block
        #expect(abs(plan.churn.bytes - written) * 20 <= written)
        #expect(plan.isExact)
        #expect(plan.watchedUntil - plan.watchedFrom == .seconds(1800))
        let choices = Dictionary(uniqueKeysWithValues: plan.choices.map { ($0.interval, $0) })
        // The block that is written every time travels once a cycle.
        for (interval, blocks) in [
            (ReplicationInterval.continuous, Int64(5)), (.thirtySeconds, 5), (.fiveMinutes, 41),
            (.fifteenMinutes, 61),
        ] {
            let choice = try #require(choices[interval])
            let expected = blocks * Self.block
            #expect(abs(choice.cycleBytes.bytes - expected) * 20 <= expected, "\(interval)")
            #expect(choice.cycleBytesMax.bytes == expected, "\(interval)")
            let rate = Double(expected) / interval.pace.seconds
            // Noise does not shrink.
            #expect(abs(Double(choice.networkBytes.bytes) - rate) <= rate / 20)
            #expect(choice.storageBytes.bytes > 2 * choice.networkBytes.bytes)
            #expect(choice.processorShare > 0)
            #expect(choice.memory.bytes > 1 << 20)
        }
    }

    @Test func `R-24 a protected machine is watched without disturbing its cycles`() async throws {
        let world = try await World.replicating()
        let plan = try await plan(world, cycles: true)
        #expect(!plan.isExact)
        // The block that is written every time counts once between two cycles.
        let written = (60 * 4 + 12) * Self.block
        #expect(abs(plan.churn.bytes - written) * 20 <= written)
        #expect(try await world.protection().state == .replicating)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
    }

    @Test func `what was watched is copied whole when it is protected afterwards`() async throws {
        let world = try await World()
        try await world.fabric.start(World.oslo)
        _ = try await plan(world, cycles: false)
        try await world.protect()
        _ = try await world.engine.firstCopy("web")
        #expect(try await world.areEqual())
        await #expect(
            code {
                _ = try await CapacityPlanner(world.engine).watch([World.oslo], for: .zero)
            } == .usage)
    }
}
