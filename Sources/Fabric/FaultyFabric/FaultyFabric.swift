// A fabric with faults: the same interface, and failures before or after the calls a plan names, or
// calls that take long.
// Ships with the product: a rehearsal asks what a run does when an answer is lost.
import Model

/// Wraps a fabric, records every call in its effect log, and fails or delays the calls its plan
/// names.
///
/// What a change source does is not a call of the fabric: it is handed through as it is.
package final class FaultyFabric: FabricProvider {
    package let log: EffectLog
    private let fabric: any FabricProvider
    private let plan: Locked<FaultPlan>

    package init(_ fabric: any FabricProvider, plan: FaultPlan, log: EffectLog = EffectLog()) {
        self.fabric = fabric
        self.plan = Locked(plan)
        self.log = log
    }

    private func perform<Result: Sendable>(
        _ call: FabricCall, _ machine: MachineID? = nil, _ detail: String = "",
        _ work: () async throws -> Result
    ) async throws -> Result {
        var lost: Failure?
        switch plan.withLock({ $0.strike(call, machine) })?.effect {
        case .fails(.before, let failure):
            record(call, machine, detail, .failed(failure.code))
            throw failure
        case .fails(.after, let failure): lost = failure
        case .takes(let time, let clock): try await clock.sleep(until: clock.now + time)
        case nil: break
        }
        do {
            let result = try await work()
            record(call, machine, detail, lost == nil ? .done : .replyLost)
            if let lost { throw lost }
            return result
        } catch let failure as Failure where failure != lost {
            record(call, machine, detail, .failed(failure.code))
            throw failure
        }
    }

    private func record(
        _ call: FabricCall, _ machine: MachineID?, _ detail: String,
        _ outcome: EffectLog.Entry.Outcome
    ) {
        log.append(.init(call: call, machine: machine, detail: detail, outcome: outcome))
    }
}

extension FaultyFabric {
    package func sites() async throws -> [Site] {
        try await perform(.sites) { try await fabric.sites() }
    }

    package func furnish(_ site: Site, given addresses: [GivenAddress]) async throws {
        try await perform(.furnish, nil, site.name) {
            try await fabric.furnish(site, given: addresses)
        }
    }

    package func machines(at site: String?) async throws -> [VirtualMachine] {
        try await perform(.machines, nil, site ?? "") { try await fabric.machines(at: site) }
    }

    package func machine(_ id: MachineID) async throws -> VirtualMachine {
        try await perform(.machine, id) { try await fabric.machine(id) }
    }

    package func define(_ machine: VirtualMachine) async throws {
        try await perform(.define, machine.id, machine.role.rawValue) {
            try await fabric.define(machine)
        }
    }

    package func remove(_ id: MachineID) async throws {
        try await perform(.remove, id) { try await fabric.remove(id) }
    }

    package func update(
        _ id: MachineID, _ change: @Sendable (inout VirtualMachine) throws -> Void
    ) async throws {
        try await perform(.update, id) { try await fabric.update(id, change) }
    }

    package func start(_ id: MachineID) async throws {
        try await perform(.start, id) { try await fabric.start(id) }
    }

    package func stop(_ id: MachineID) async throws {
        try await perform(.stop, id) { try await fabric.stop(id) }
    }

    package func move(_ id: MachineID, to host: String) async throws {
        try await perform(.move, id, host) { try await fabric.move(id, to: host) }
    }

    package func setMaintenance(
        _ maintenance: HostMaintenance?, host: String, at site: String
    ) async throws {
        let detail = "\(site)/\(host) \(maintenance?.reason ?? "over")"
        try await perform(.setMaintenance, nil, detail) {
            try await fabric.setMaintenance(maintenance, host: host, at: site)
        }
    }

    package func connect(_ nic: String, of id: MachineID, to switchName: String?) async throws {
        try await perform(.connect, id, "\(nic) → \(switchName ?? "nothing")") {
            try await fabric.connect(nic, of: id, to: switchName)
        }
    }

    package func setFailoverAddress(
        _ address: FailoverAddress?, nic: String, of id: MachineID
    ) async throws {
        let detail = address.map { $0.address ?? "on, empty" } ?? "off"
        try await perform(.setFailoverAddress, id, "\(nic) \(detail)") {
            try await fabric.setFailoverAddress(address, nic: nic, of: id)
        }
    }

    package func setGuestAddress(_ address: String?, nic: String, of id: MachineID) async throws {
        try await perform(.setGuestAddress, id, "\(nic) \(address ?? "none")") {
            try await fabric.setGuestAddress(address, nic: nic, of: id)
        }
    }

    package func quiesce(_ id: MachineID, limit: Duration) async throws -> any Quiescence {
        try await perform(.quiesce, id) { try await fabric.quiesce(id, limit: limit) }
    }

    package func templates(at site: String) async throws -> [MachineTemplate] {
        try await perform(.templates, nil, site) { try await fabric.templates(at: site) }
    }

    @discardableResult
    package func deploy(_ deployment: Deployment) async throws -> VirtualMachine {
        try await perform(.deploy, deployment.machine, "of \(deployment.template)") {
            try await fabric.deploy(deployment)
        }
    }

    package func changeSource(of id: MachineID) async throws -> any ChangeSource {
        try await perform(.changeSource, id) { try await fabric.changeSource(of: id) }
    }

    package func imagePath(of disk: String, machine id: MachineID) async throws -> String {
        try await perform(.imagePath, id, disk) {
            try await fabric.imagePath(of: disk, machine: id)
        }
    }
}
