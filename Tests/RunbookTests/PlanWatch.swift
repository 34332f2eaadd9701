// Looks at the machines themselves at every commit of an engine, whatever that engine believes.
import Model
import Store
import TestSupport

@testable import Fabric

/// Remembers when a vm runs in production at two places, or without its network; and lets the
/// engine die, or Oslo be lost, when it is time.
final class PlanWatch: CommitObserver {
    private let lab: LabFolder
    private let death: Death?
    private let lostAt: Int?
    private let state = Locked((commits: 0, violation: String?.none))

    init(_ world: World, dying death: Death? = nil, losing lostAt: Int? = nil) {
        lab = LabFolder(path: world.folder)
        self.death = death
        self.lostAt = lostAt
    }

    /// Raises what was seen and must not be.
    func check() throws {
        if let seen = state.withLock(\.violation) { throw PlanViolation(description: seen) }
    }

    func willCommit(_ changes: [Change]) throws { try death?.willCommit(changes) }

    func didCommit(_ changes: [Change]) throws {
        let count = state.withLock { state in
            state.commits += 1
            return state.commits
        }
        if count == lostAt { try lab.loseOslo() }
        if let seen = try lab.violation() { state.withLock { $0.violation = seen } }
        try death?.didCommit(changes)
    }
}

extension LabFolder {
    /// As ``EmbeddedFabric/lose(_:)``, at once.
    fileprivate func loseOslo() throws {
        try locked {
            try setPartition(.lost, of: "oslo")
            for name in try machineNames("oslo") {
                let id = MachineID(site: "oslo", name: name)
                guard var record = try record(ifAny: id) else { continue }
                record.machine.power = .off
                _ = try changeMap(record)
                try write(record)
            }
        }
    }

    fileprivate func violation() throws -> String? {
        for vm in PlanStory.vms {
            let machines = try ["oslo", "bergen"].compactMap { site in
                try record(ifAny: MachineID(site: site, name: vm))?.machine
            }
            let running = machines.filter { $0.role == .production && $0.power == .running }
            if running.count > 1 { return "\(vm) runs in production at two places" }
            for machine in running {
                let card = machine.nics[0]
                if card.switchName == nil { return "\(machine.id) runs without a network" }
                if card.address?.hasPrefix("169.254.") != false {
                    return "\(machine.id) runs with \(card.address ?? "no address")"
                }
            }
        }
        return nil
    }
}
