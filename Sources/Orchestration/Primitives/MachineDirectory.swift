// Which machine a name means. A bare name is the production machine of that name, and of a
// protected vm the side that is production; `site/name` is exactly that machine.
import Fabric
import Model
import Replication

package struct MachineDirectory: Sendable {
    let services: Services
    /// What has been read of the sites already; nil asks about each machine anew.
    var sight: FabricSight?

    package init(services: Services) { self.services = services }

    init(services: Services, sight: FabricSight) {
        self.services = services
        self.sight = sight
    }

    /// Raises `name.unknown` with the nearest spelling, and `scope.refused` out of scope.
    package func machine(named value: Value, scope: String?) async throws -> VirtualMachine {
        try allowed(try await machine(id(of: value)), scope)
    }

    /// As ``machine(named:scope:)``, but a protected vm whose site does not answer is described by
    /// its replica, as a lost primary can no longer be asked.
    package func memberMachine(named value: Value, scope: String?) async throws -> VirtualMachine {
        do {
            return try await machine(named: value, scope: scope)
        } catch let failure as Failure where failure.code == .siteUnreachable {
            let id = try await id(of: value)
            guard let protection = try await services.replication.protection(of: id.name),
                protection.primary == id
            else { throw failure }
            let replica = try await machine(protection.replica)
            return try allowed(replica.standing(in: protection.primary), scope)
        }
    }

    private func machine(_ id: MachineID) async throws -> VirtualMachine {
        guard let sight else { return try await services.fabric.machine(id) }
        return try await sight.machine(id)
    }

    private func allowed(
        _ machine: VirtualMachine, _ scope: String?
    ) throws(Failure) -> VirtualMachine {
        guard scope == nil || machine.subscription == scope else {
            throw Failure(
                .refused,
                "\(machine.id) belongs to \(machine.subscription ?? "the house"), and this run may "
                    + "touch machines of \(scope ?? "") only",
                context: ["vm": machine.id.description, "scope": scope ?? ""])
        }
        return machine
    }

    /// The machine that `value` names, without looking at it.
    package func id(of value: Value) async throws -> MachineID {
        if let name = value["name"]?.text, let site = value["site"]?.text {
            return MachineID(site: site, name: name)
        }
        let text = value.text ?? ""
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2 { return MachineID(site: String(parts[0]), name: String(parts[1])) }
        if let protection = try await services.replication.protection(of: text) {
            return protection.production
        }
        let machines = try await services.fabric.reachableMachines()
        let candidates = machines.filter { $0.id.name == text && $0.role == .production }
        guard let only = candidates.first else {
            let names = Set(machines.filter { $0.role == .production }.map(\.id.name))
            throw Failure.unknown("vm", text, among: names)
        }
        guard candidates.count == 1 else {
            let places = candidates.map(\.id.description).joined(separator: " and ")
            throw Failure(
                .unknownName, "'\(text)' names \(places); write which of them you mean",
                context: ["vm": text])
        }
        return only.id
    }

    /// Production machines in the order of their names. For a primary whose site does not answer
    /// its replica stands: a plan must not lose members with their site.
    package func views(scope: String?) async throws -> [MachineView] {
        try await views(of: try await services.fabric.reached().machines, scope: scope)
    }

    /// The same, of machines that were read before.
    func views(of machines: [VirtualMachine], scope: String?) async throws -> [MachineView] {
        let protections = Dictionary(
            uniqueKeysWithValues: try await services.replication.summaries()
                .filter { $0.relationship == .simple }.map { ($0.vm, $0) })
        let byID = Dictionary(machines.map { ($0.id, $0) }) { first, _ in first }
        let lost = protections.values.compactMap { protection in
            byID[protection.production] == nil
                ? byID[protection.replica]?.standing(in: protection.primary) : nil
        }
        // Held off for a failover, a vm has no role but its protection's: it is not forgotten.
        return (machines + lost)
            .filter { scope == nil || $0.subscription == scope }
            .filter { machine in
                guard let protection = protections[machine.id.name] else {
                    return machine.role == .production
                }
                return protection.production == machine.id
            }
            .sorted { ($0.id.name, $0.id.site) < ($1.id.name, $1.id.site) }
            .map { MachineView($0, protection: protections[$0.id.name]?.state) }
    }
}

extension VirtualMachine {
    /// The replica as a description of the primary that cannot be asked.
    fileprivate func standing(in primary: MachineID) -> VirtualMachine {
        var machine = self
        machine.id = primary
        machine.role = .production
        return machine
    }
}

extension FabricProvider {
    /// The machines of every site that answers; a lost site must not hide the others.
    package func reachableMachines() async throws -> [VirtualMachine] {
        try await reached().machines
    }

    /// The same, with the sites that answered.
    func reached() async throws -> (sites: Set<String>, machines: [VirtualMachine]) {
        var (answering, machines): (Set<String>, [VirtualMachine]) = ([], [])
        for site in try await sites() {
            do {
                machines += try await self.machines(at: site.name)
                answering.insert(site.name)
            } catch let failure as Failure where failure.code == .siteUnreachable {
                continue
            }
        }
        return (answering, machines)
    }
}
