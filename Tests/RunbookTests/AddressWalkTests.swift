// Machines go to and fro, are tested and cleaned up, in any order, and the engine dies at any of
// its writes: no address is ever two machines', and none is left when all are home.
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct AddressWalkTests {
    private static let vms = ["sql01", "sql02", "vmm01"]

    @Test(arguments: 1...6)
    func `N-3: addresses are neither lost nor given twice, whatever dies`(seed: UInt64)
        async throws
    {
        let world = try await World()
        // Too few for all that may want one at once.
        try await world.map("10.2.0.10-10.2.0.13")
        var random = SeededGenerator(seed: seed)
        for step in 1...14 {
            let vm = Self.vms.randomElement(using: &random)!
            let death = Death(
                at: Int.random(in: 1...9, using: &random),
                Death.Moment.allCases.randomElement(using: &random)!)
            let engine = try world.engine(dying: death).services.replication
            let act = Act.allCases.randomElement(using: &random)!
            do {
                try await perform(act, vm, in: world, engine)
            } catch is SimulatedDeath {
            } catch let failure as Failure {
                #expect(Self.refusals.contains(failure.code), "seed \(seed): \(failure)")
            }
            try await checkGiven(in: world, "seed \(seed), step \(step): \(act) of \(vm)")
        }
        let engine = try world.engine().services.replication
        for vm in Self.vms { try await engine.cleanUp(vm) }
        for vm in Self.vms { try await bring(vm, to: "oslo", in: world, engine) }
        #expect(try world.given().isEmpty, "seed \(seed)")
        for vm in Self.vms {
            let card = try await world.card(MachineID(site: "oslo", name: vm))
            #expect(card.address?.hasPrefix("10.0.0.") == true, "seed \(seed): \(vm)")
        }
    }

    private enum Act: CaseIterable { case away, home, test, cleanUp, cancel }

    private static let refusals: Set<Failure.Code> = [
        .poolExhausted, .transitionRefused, .machineNotOff, .alreadyProtected,
    ]

    private func perform(
        _ act: Act, _ vm: String, in world: World, _ engine: ReplicationEngine
    ) async throws {
        switch act {
        case .away: try await bring(vm, to: "bergen", in: world, engine)
        case .home: try await bring(vm, to: "oslo", in: world, engine)
        case .test: _ = try await engine.testFailover(vm)
        case .cleanUp: try await engine.cleanUp(vm)
        case .cancel: _ = try await engine.cancelPreparation(vm)
        }
    }

    /// Goes on from wherever the machine stands, as a person would.
    private func bring(
        _ vm: String, to site: String, in world: World, _ engine: ReplicationEngine
    ) async throws {
        for _ in 0..<12 {
            let protection = try await engine.protection(of: vm)!
            let kind: FailoverKind = protection.replica.site == "oslo" ? .failback : .planned
            switch protection.state {
            case .failingOver, .failingBack, .preparedForFailover:
                _ = try await engine.failOver(
                    vm, FailoverRequest(protection.failover?.kind ?? kind))
            case .failedOverWaitingCompletion, .failedOver: _ = try await engine.reverse(vm)
            case .waitingForResync, .resyncing: _ = try await engine.resync(vm)
            case _ where protection.primary.site == site:
                return try await world.fabric.start(protection.primary)
            default:
                try await world.fabric.stop(protection.primary)
                _ = try await engine.prepare(vm)
            }
        }
        Issue.record("\(vm) did not come to \(site)")
    }

    /// Every address of the pool that a machine uses is its own, and every one that is given is of
    /// a machine that may use it.
    private func checkGiven(in world: World, _ scene: String) async throws {
        let given = try Store(folder: world.folder).givenAddresses()
        let pool = try AddressPool([AddressRange(text: "10.2.0.10-10.2.0.13")])
        #expect(Set(given.map(\.address)).count == given.count, "\(scene)")
        let machines = try await world.fabric.machines(at: "bergen")
        for machine in machines where machine.role != .replica {
            guard let text = machine.nics[0].failoverAddress?.address ?? machine.nics[0].address,
                let address = try? Address(text: text), pool.contains(address)
            else { continue }
            #expect(
                given.contains { $0.address == address && $0.machine == machine.id },
                "\(scene): \(machine.id) uses \(address)")
        }
    }
}
