// The part of preflight that looks at one vm after the other: is it protected the way it must be,
// would its cards find their networks, is its latest point as new as it should be.
import Fabric
import Model
import Replication

struct MemberPreflight {
    let preflight: Preflight
    /// Those of the target.
    let machines: FabricSight.SiteMachines
    var networks: NetworkPreflight
    var capacity: CapacityPreflight
    private var levels: [String: DependencyLevel] = [:]

    private var services: Services { preflight.services }
    private var subject: Preflight.Subject { preflight.subject }

    init(
        preflight: Preflight, machines: FabricSight.SiteMachines,
        networks: NetworkPreflight, capacity: CapacityPreflight
    ) {
        self.preflight = preflight
        self.machines = machines
        self.networks = networks
        self.capacity = capacity
    }

    mutating func look(at vm: String, _ outcome: inout Preflight.Outcome) async throws {
        guard let protection = try await services.replication.protection(of: vm) else {
            return try await tell(unprotected: vm, &outcome)
        }
        // What is away comes home another way than it is replicated: it is turned round first.
        let comesHome = comesHome(protection)
        let way = comesHome ? protection.turned : protection
        levels[vm] = DependencyLevel(vm: vm, protection: way, destination: subject.destination)
        if protection.production.site == subject.destination {
            // What an earlier run failed over already is not touched (P-7), and loses nothing; but
            // a test that leaves it out would prove nothing of it.
            return outcome.found(.protection, faults(of: protection, at: subject.destination))
        }
        let key = Protection.key(of: vm, .extended)
        let isChained = try await services.replication.protection(of: key) != nil
        do {
            try await look(
                at: protection, way, comesHome: comesHome, isChained: isChained, &outcome)
        } catch let failure as Failure where failure.isOutcome {
            outcome.found(.protection, [failure.message])
        }
        if let loss = try? services.replication.lossWindow(of: protection) {
            outcome.losses[vm] = .float(subject.kind == .unplanned ? loss.seconds : 0)
        }
    }

    private func comesHome(_ protection: Protection) -> Bool {
        (subject.kind == .failback || subject.kind == .planned)
            && protection.state.isFailedOver && protection.replica.site == subject.origin
    }

    /// One that is there already and held off for a failover away would be left out, and off.
    private func faults(of protection: Protection, at site: String) -> [String] {
        let vm = protection.vm
        if subject.kind == .test {
            return ["\(vm) is at \(site) already, so it cannot be tested there"]
        }
        guard protection.state == .preparedForFailover else { return [] }
        return [
            "\(vm) is at \(site) and held off for a failover to \(protection.replica.site): go on "
                + "with that run or undo it, or muster failover cancel \(vm)"
        ]
    }

    private func tell(
        unprotected vm: String, _ outcome: inout Preflight.Outcome
    ) async throws {
        let names = Set(try await services.fabric.reachableMachines().map(\.id.name))
        if names.contains(vm) {
            outcome.found(.protection, ["\(vm) is not protected"])
        } else {
            outcome.found(.names, [Failure.unknown("vm", vm, among: names).message])
        }
    }

    private mutating func look(
        at protection: Protection, _ way: Protection, comesHome: Bool, isChained: Bool,
        _ outcome: inout Preflight.Outcome
    ) async throws {
        let vm = protection.vm
        if let fault = wayFault(of: way) { return outcome.found(.protection, [fault]) }
        var replica = try await replica(of: way)
        do {
            if let overrides = subject.overrides[vm] { try replica.override(overrides) }
        } catch {
            return outcome.found(.names, [error.message])
        }
        capacity.want(replica)
        let isTurned = comesHome || (subject.kind == .failback && protection.state.waitsForResync)
        if !isTurned { outcome.found(.protection, try await stateFaults(of: protection)) }
        outcome.found(
            .networks, try await networks.faults(of: way, replica, subject.overrides[vm]))
        let turns = comesHome || (subject.reverses && !isChained)
        outcome.found(.protection, try replicationFaults(of: protection, turns: turns))
        if comesHome { return }
        outcome.found(
            .points,
            PointAge(of: protection, rpo: subject.rpo, now: services.clock.now).faults)
    }

    private func replica(of protection: Protection) async throws -> VirtualMachine {
        if let found = machines.byID[protection.replica] { return found }
        return try await services.fabric.machine(protection.replica)
    }

    private func wayFault(of protection: Protection) -> String? {
        let (from, to) = (protection.primary.site, protection.replica.site)
        if from == subject.origin, to == subject.destination { return nil }
        return "\(protection.vm) is replicated from \(from) to \(to), not from "
            + "\(subject.origin) to \(subject.destination)"
    }

    /// What replication itself would refuse half way: a reversal towards a site that takes no
    /// replicas, and an encrypted replica whose key is not at hand.
    private func replicationFaults(of protection: Protection, turns: Bool) throws -> [String] {
        let replication = services.replication
        var faults: [String] = []
        do { try replication.checkKey(of: protection) } catch let failure as Failure {
            faults.append(failure.message)
        }
        guard turns, subject.kind == .planned || subject.kind == .failback else {
            return faults
        }
        do { try replication.checkReversal(of: protection) } catch let failure as Failure {
            faults.append(failure.message)
        }
        return faults
    }

    private func stateFaults(of protection: Protection) async throws -> [String] {
        let (vm, kind) = (protection.vm, subject.kind)
        if protection.points.isEmpty { return ["\(vm) has no recovery point; sync it first"] }
        let event: ProtectionState.Event =
            switch kind {
            case .planned, .failback: .prepared
            case .unplanned: .unplannedStarted
            case .test: .cycleSucceeded
            }
        if (try? protection.state.after(event)) != nil { return [] }
        if kind != .test, try await goesOn(protection) { return [] }
        let remedy = protection.state == .error ? "; sync it first: muster sync \(vm)" : ""
        return [
            "\(vm) is \(protection.state.rawValue), so it cannot be failed over "
                + "(\(kind.rawValue))\(remedy)"
        ]
    }

    /// What a run before this one has begun with the vm is done to its end. One whose last cycle
    /// failed is not shut down for the sake of the next; but one that is off is waiting for it.
    private func goesOn(_ protection: Protection) async throws -> Bool {
        if protection.state.isHeldOff { return true }
        guard protection.state == .error else { return false }
        return try await services.fabric.machine(protection.primary).power == .off
    }

    /// One that is not protected at all is a fault of its own.
    func dependencyFaults() -> [String] {
        subject.vms.flatMap { vm in
            (subject.dependencies[vm] ?? []).flatMap { needed -> [String] in
                guard let level = levels[vm], let other = levels[needed] else { return [] }
                return level.faults(of: other)
            }
        }
    }
}

extension Protection {
    /// The same as if its direction had been reversed.
    fileprivate var turned: Protection {
        var turned = self
        (turned.primary, turned.replica) = (replica, primary)
        return turned
    }
}
