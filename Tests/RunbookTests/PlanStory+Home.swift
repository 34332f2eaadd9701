// The end of a story with a plan: from wherever the nights have left it, home again.
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport

extension PlanStory {
    /// From wherever the nights have left it, with everything in order and everybody agreeing, the
    /// plan's own runs bring all back to the start.
    func goHome() async throws {
        try await world.fabric.heal("oslo")
        lines.append("all is well again")
        let watch = PlanWatch(world)
        let engine = try world.engine(observing: watch)
        for _ in 0..<8 {
            try watch.check()
            await serve(engine)
            try await mend(engine)
            if try await isHome(engine) { return try await checkHome(engine) }
            let former = unfinished
            let run = try await wayHome(engine)
            try await lead(run, on: engine, agreeing: true)
            // What cannot be gone on with either is begun anew.
            if former != nil, unfinished == run { unfinished = nil }
        }
        throw PlanViolation(description: "no way home: \(try await standing(engine))")
    }

    /// The cycles of an engine that serves, for those that can have one.
    func serve(_ engine: Orchestrator) async {
        for vm in Self.vms { _ = try? await engine.services.replication.sync(vm) }
    }

    /// What an operator does for single machines: doubles that a failed clean-up left are taken
    /// away, what no run will go on with is not held off any longer, as preflight says, and what a
    /// lost site has turned off is started.
    private func mend(_ engine: Orchestrator) async throws {
        if unfinished == nil { try await release(engine) }
        for protection in try await protections(engine) {
            if protection.test != nil {
                try await engine.services.replication.cleanUp(protection.vm)
            }
            // A primary that did not answer when it was to be turned off may run on: the refusal to
            // start the other one says to stop it.
            if protection.state.isFailedOver { try? await world.fabric.stop(protection.primary) }
            if protection.state == .replicating || protection.state.isFailedOver {
                try? await world.fabric.start(protection.production)
            }
        }
    }

    private func release(_ engine: Orchestrator) async throws {
        for held in try await protections(engine)
        where held.production.site == "bergen" && held.state == .preparedForFailover {
            lines.append("cancel \(held.vm)")
            _ = try await engine.services.replication.cancelPreparation(held.vm)
        }
    }

    private func wayHome(_ engine: Orchestrator) async throws -> RunID {
        if let unfinished {
            lines.append("go on from \(unfinished)")
            do {
                return try await engine.goOn(
                    from: unfinished, .retry, by: World.eva, reason: "home")
            } catch let failure as Failure {
                lines.append("refused: \(failure.message)")
                self.unfinished = nil
            }
        }
        let protections = try await protections(engine)
        let away = protections.filter { $0.production.site == "bergen" }
        let kind: FailoverKind = away.count == protections.count ? .failback : .planned
        lines.append("run \(kind.rawValue)")
        return try await engine.start(world.request("night", kind: kind, reason: "home"))
    }

    private func protections(_ engine: Orchestrator) async throws -> [Protection] {
        var found: [Protection] = []
        for vm in Self.vms {
            guard let one = try await engine.services.replication.protection(of: vm) else {
                throw PlanViolation(description: "\(vm) is protected no more")
            }
            found.append(one)
        }
        return found
    }

    private func isHome(_ engine: Orchestrator) async throws -> Bool {
        for protection in try await protections(engine) {
            let machine = try await world.fabric.machine(protection.production)
            guard machine.id.site == "oslo", machine.power == .running,
                protection.state == .replicating
            else { return false }
        }
        return true
    }

    private func checkHome(_ engine: Orchestrator) async throws {
        let given = try world.given()
        guard given.isEmpty else {
            throw PlanViolation(description: "all are home and addresses are out: \(given)")
        }
        for machine in try await world.fabric.machines(at: nil) where machine.role == .test {
            throw PlanViolation(description: "the test machine \(machine.id) was left behind")
        }
        for (index, vm) in [(0, "sql01"), (3, "wap01"), (4, "wap02")] {
            let card = try await world.card(MachineID(site: "oslo", name: vm))
            guard card.address == "10.0.0.\(11 + index)", card.switchName == "tenant" else {
                throw PlanViolation(description: "\(vm) came home to another network: \(card)")
            }
        }
    }

    private func standing(_ engine: Orchestrator) async throws -> String {
        var words: [String] = []
        for protection in try await protections(engine) {
            let machine = try? await world.fabric.machine(protection.production)
            words.append(
                "\(protection.vm) \(protection.state.rawValue), \(protection.production) "
                    + "\(machine?.power.rawValue ?? "?")")
        }
        return words.joined(separator: "; ")
    }
}
