// Nothing but a person's recorded decision fails anything over.
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct DecisionTests {
    /// What a failover would change of a machine.
    private struct Place: Equatable {
        let id: MachineID
        let power: PowerState
        let role: MachineRole
        let epoch: Int

        init(_ machine: VirtualMachine) {
            (id, power, role) = (machine.id, machine.power, machine.role)
            epoch = machine.epoch
        }
    }

    /// All that acts by itself goes on meanwhile: cycles, schedules, triggers, and what they start.
    @Test(arguments: ["oslo", "bergen"])
    func `F-5: cutting the sites apart starts nothing`(site: String) async throws {
        let world = try await World()
        let engine = try world.engine()
        let (fabric, store) = (try world.fabric, engine.services.store)
        let before = try await fabric.machines(at: nil).map(Place.init)
        let decided = try store.decisions().count
        try await fabric.cut(site)
        for _ in 1...24 {
            world.clock.advance(by: .seconds(3600))
            for vm in Template.machines { _ = try? await engine.services.replication.sync(vm) }
            _ = try await RunScheduler(engine).look()
            _ = try await TriggerWatch(engine).look()
        }
        try await fabric.heal(site)
        #expect(try await fabric.machines(at: nil).map(Place.init) == before)
        #expect(try store.runs(limit: 10).isEmpty)
        #expect(try store.decisions().count == decided)
        for vm in Template.machines {
            _ = try await engine.services.replication.sync(vm)
            #expect(try await engine.services.replication.state(of: vm) == .replicating)
        }
    }

    @Test func `F-5: a failover leaves who decided it`() async throws {
        let world = try await World()
        let engine = try world.engine()
        let run = try await engine.start(world.request("fail-over-machine", ["vm": "sql01"]))
        #expect(try engine.services.store.decisions(of: run).map(\.who) == [World.eva.name])
        #expect(
            try await world.fabric.machine(MachineID(site: "bergen", name: "sql01")).role
                == .replica, "the decision is kept before anything is done")
    }
}
