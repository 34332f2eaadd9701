// Faults strike where the plan says, once, and the log tells what took effect.
import Model
import Testing

@testable import Fabric

@Suite struct FaultyFabricTests {
    @Test func `a fault before a call leaves everything as it was`() async throws {
        let world = try await World()
        let id = try await world.define()
        let faulty = FaultyFabric(world.fabric, plan: FaultPlan([.init(.before, .start)]))
        #expect(await code { try await faulty.start(id) } == .rehearsed)
        #expect(try await world.fabric.machine(id).power == .off)
        try await faulty.start(id)
        #expect(faulty.log.entries.map(\.outcome) == [.failed(.rehearsed), .done])
    }

    @Test func `a lost reply hides what was done`() async throws {
        let world = try await World()
        let id = try await world.define()
        let faulty = FaultyFabric(world.fabric, plan: FaultPlan([.init(.after, .start, of: id)]))
        #expect(await code { try await faulty.start(id) } == .rehearsed)
        #expect(try await world.fabric.machine(id).power == .running)
        #expect(faulty.log.entries[0].description == "start oslo/web: done, reply lost")
    }

    @Test func `a fault strikes at its occurrence and at its machine only`() async throws {
        let world = try await World()
        let id = try await world.define()
        let other = try await world.define(World.bergen)
        let fault = FaultPlan.Fault(.before, .connect, of: id, occurrence: 2)
        let faulty = FaultyFabric(world.fabric, plan: FaultPlan([fault]))
        try await faulty.connect("nic0", of: other, to: nil)
        try await faulty.connect("nic0", of: id, to: nil)
        #expect(await code { try await faulty.connect("nic0", of: id, to: "tenant") } == .rehearsed)
        try await faulty.connect("nic0", of: id, to: "tenant")
    }

    @Test func `a slow call is done when its time has passed`() async throws {
        let world = try await World()
        let id = try await world.define()
        let clock = SleptClock()
        let slow = FaultPlan.Fault(.start, of: id, .takes(.seconds(900), clock))
        #expect(slow.description == "start 1 takes 15m")
        let faulty = FaultyFabric(world.fabric, plan: FaultPlan([slow]))
        try await faulty.start(id)
        #expect(clock.now == Timestamp(microseconds: 900_000_000))
        #expect(try await world.fabric.machine(id).power == .running)
        #expect(faulty.log.entries.map(\.outcome) == [.done])
    }

    @Test func `reading leaves the log empty of writes, a refusal is in it by code`() async throws {
        let world = try await World()
        let id = try await world.define(role: .replica)
        let faulty = FaultyFabric(world.fabric, plan: FaultPlan())
        _ = try await faulty.machines(at: nil)
        _ = try await faulty.imagePath(of: "disk0", machine: id)
        #expect(faulty.log.writes.isEmpty)
        #expect(await code { try await faulty.start(id) } == .machineIsReplica)
        #expect(faulty.log.writes.map(\.outcome) == [.failed(.machineIsReplica)])
    }

    @Test func `every code of the room has its page`() {
        for code in Failure.Code.catalogue where code.name.hasPrefix("fabric.") {
            #expect(!code.meaning.isEmpty && !code.remedy.isEmpty)
        }
    }
}

/// Its time passes by being slept.
private final class SleptClock: WallClock {
    private let time = Locked(Timestamp(microseconds: 0))

    var now: Timestamp { time.withLock(\.self) }

    func sleep(until deadline: Timestamp) async throws { time.withLock { $0 = deadline } }
}
