// Protection begins, rests and ends.
import Fabric
import Model

extension ReplicationEngine {
    /// Makes the turned-off replica and the record; copies nothing yet. A replica that is
    /// left from an earlier protection is taken as it is: the first copy sends what differs.
    ///
    /// Raises `replication.disk_not_replicable`, `replication.already_protected`, `usage.invalid`
    /// for options out of range, `name.unknown` and `replication.key_missing` for an owner's key,
    /// `replication.primary_refused` and `replication.version_refused` when the target does not
    /// take it, and what the fabric raises.
    package func protect(
        _ machine: MachineID, _ options: ProtectionOptions, operation: String? = nil
    ) async throws -> Protection {
        let key = try options.ownerKey.map { name in try keys.key(named: name) }
        return try await taking(machine.name) {
            if let standing = try await ledger.protection(of: machine.name) {
                if let operation, standing.operation(operation) != nil { return standing }
                throw Failure(
                    .alreadyProtected,
                    "\(machine.name) is protected already, from \(standing.primary) to "
                        + "\(standing.replica); remove that protection first",
                    context: ["vm": machine.name])
            }
            let primary = try await fabric.machine(machine)
            try await requireNoExtended(machine)
            let host = try await host(for: options)
            var protection = try ProtectionCheck(primary, options).protection()
            protection.agreement = try await admitted(
                try agreement(
                    from: protection.primary.site, to: protection.replica.site,
                    standing: protection.agreement),
                primary)
            protection.agreement.encryption = try key.map { key in
                try encryption(under: key.id, of: protection)
            }
            let replica = protection.makeReplica(of: primary, on: host)
            if options.takesExisting {
                try await takeExisting(replica, protection)
            } else {
                try await fabric.define(replica)
            }
            try await clear(protection)
            protection.home = machine.site
            protection = try await noting(networksOf: primary, in: protection)
            protection.note("protect", key: operation)
            return try await save(protection, after: .protected)
        }
    }

    /// The host for the replica: the wanted one; of a cluster, which is named as a host is, the one
    /// in service with the most memory left (N-7); or else the site's first in service.
    func host(for options: ProtectionOptions) async throws -> Host {
        let site = try await fabric.site(named: options.target)
        guard let wanted = options.host else {
            let open = site.hosts.first { $0.maintenance == nil }
            return try open ?? site.openHost(site.hosts.first?.name ?? "")
        }
        guard let hosts = site.hosts(reachedBy: wanted) else { return try site.openHost(wanted) }
        let machines = try await fabric.machines(at: site.name)
        let open = hosts.filter { $0.maintenance == nil }.roomiest(beside: machines)
        return try open ?? site.openHost(hosts.first?.name ?? "")
    }

    /// Files of an earlier protection must not be taken for this one's: generations begin anew.
    func clear(_ protection: Protection) async throws {
        let folders = [protection.primary, protection.replica].map {
            layout.folder(of: protection, at: $0.site)
        }
        try await blocking { [files] in
            for machine in folders {
                for folder in machine.all where try files.stamp(folder) != nil {
                    for name in try files.names(in: folder) {
                        try files.remove("\(folder)/\(name)")
                    }
                    // Names that were removed before and not synced must not come back either.
                    try files.syncFolder(folder)
                }
            }
        }
    }

    /// A machine whose protection somebody ends is not to be protected again because a template
    /// once asked for it (S-3). One whose site does not answer keeps its ask.
    private func withdrawAsk(of protection: Protection) async throws {
        guard protection.terms.relationship == .simple else { return }
        for id in [protection.primary, protection.replica] {
            guard let machine = try await machine(ifThere: id), machine.recovery != nil else {
                continue
            }
            try await fabric.update(id) { $0.recovery = nil }
        }
    }

    /// Ends the protection: a prepared machine may be started again, a test machine is
    /// deleted. The replica stays, turned off, unless `deletesReplica`. Succeeds when there is no
    /// protection.
    package func remove(
        _ vm: String, deletesReplica: Bool = false, operation: String? = nil
    ) async throws {
        try await taking(vm) {
            guard let protection = try await ledger.protection(of: vm) else { return }
            _ = try protection.state.after(.removed)
            try await requireNoOnward(protection, to: "remove the protection of")
            try await deleteTestMachine(protection)
            let isHeld = try await isHeldByPreparation(protection)
            if protection.state == .preparedForFailover || isHeld {
                try await fabric.update(protection.primary) { $0.role = .production }
            }
            let replica = protection.replica
            // One that died after it had deleted the replica finds none.
            if deletesReplica, try await fabric.machine(ifAny: replica)?.role == .replica {
                try await fabric.remove(replica)
            }
            try await leaveKnowledge(of: protection)
            try await withdrawAsk(of: protection)
            var released = try await releasing(protection.test?.machine)
            // One that has taken over stays where it is, with its addresses.
            if !protection.hasTakenOver { released += try await releasing(replica) }
            try await ledger.removeProtection(of: vm, moving: released)
            try await clear(protection)
        }
    }
}

extension Protection {
    /// The replica is production, or may be.
    fileprivate var hasTakenOver: Bool {
        production == replica || [.failingOver, .failingBack].contains(state)
    }
}

extension Site {
    /// Raises `name.unknown`, or `fabric.host_in_maintenance`.
    fileprivate func openHost(_ wanted: String) throws(Failure) -> Host {
        guard let host = host(wanted) else {
            let names = hosts.map(\.name) + clusters.flatMap { [$0.name, $0.accessName] }
            throw Failure(
                .unknownName,
                "site '\(name)' has no host '\(wanted)' for a replica"
                    + Spelling.hint(for: wanted, among: names),
                context: ["site": name])
        }
        try requireOpen(host.name)
        return host
    }
}
