// Extended replication: a replica gets a replica of its own. And what is left of chains.
import Fabric
import Model

extension ReplicationEngine {
    /// Enables replication from a machine's replica to a third site; copies nothing yet. The
    /// relationship is known by the key `VM:extended` to every other verb. A replica that is left
    /// at the third site from an earlier chain is taken as it is. What is encrypted at the replica
    /// is encrypted at the third site, under the same key.
    ///
    /// Raises `replication.key_missing`, `replication.primary_refused`,
    /// `replication.version_refused`, `replication.already_protected` for a second one and for a
    /// target that is in the chain already, `replication.interval_invalid` when it is shorter than
    /// the simple one's, `replication.transition_refused` while the replica holds no point.
    package func extend(
        _ vm: String, _ options: ProtectionOptions, operation: String? = nil
    ) async throws -> Protection {
        try await taking(vm) {
            let simple = try await required(vm)
            if let standing = try await onward(from: simple) {
                if let operation, standing.operation(operation) != nil { return standing }
                throw refusal(vm, "\(simple.replica) has a replica at \(standing.replica.site)")
            }
            try await checkChain(simple, options)
            _ = try opening(of: simple)
            let middle = try await fabric.machine(simple.replica)
            try ProtectionCheck(middle, options).checkTerms()
            let host = try await host(for: options, of: middle)
            var extended = simple.extended(to: options, epoch: middle.epoch)
            extended.agreement = try agreement(
                from: extended.primary.site, to: options.target, standing: extended.agreement)
            extended.agreement.encryption = try simple.agreement.encryption.map { sealed in
                try encryption(under: sealed.keyID, of: extended)
            }
            let replica = extended.makeReplica(of: middle, on: host)
            if options.takesExisting {
                try await takeExisting(replica, extended)
            } else {
                try await fabric.define(replica)
            }
            try await clear(extended)
            extended.home = simple.home
            extended = try await noting(networksOf: middle, in: extended)
            extended.note("extend", key: operation)
            return try await save(extended, after: .protected)
        }
    }

    private func checkChain(_ simple: Protection, _ options: ProtectionOptions) async throws {
        guard simple.terms.relationship == .simple else {
            throw refusal(simple.vm, "\(simple.replica) is the end of its chain")
        }
        guard ![simple.primary.site, simple.replica.site].contains(options.target) else {
            throw refusal(simple.vm, "site '\(options.target)' is in its chain already")
        }
        guard try await ledger.protection(of: Protection.key(of: simple.vm, .extended)) == nil
        else { throw refusal(simple.vm, "an extended relationship stands already") }
        guard simple.production == simple.primary, !simple.points.isEmpty else {
            throw Failure(
                .transitionRefused,
                "\(simple.vm) is \(simple.state.rawValue): its replica can be extended once it "
                    + "holds a point, and while it is a replica",
                context: ["vm": simple.vm, "state": simple.state.rawValue])
        }
        guard options.disks == nil else {
            throw Failure(
                .usage, "an extended relationship takes all disks of the simple one",
                context: ["vm": simple.vm])
        }
        guard options.ownerKey == nil else {
            throw Failure(
                .usage,
                "an extended relationship is encrypted as the simple one is, under its key or not "
                    + "at all; leave the key out",
                context: ["vm": simple.vm])
        }
        try options.interval.check(after: simple.interval, of: simple.vm)
    }

    private func refusal(_ vm: String, _ reason: String) -> Failure {
        Failure(
            .alreadyProtected, "\(vm) cannot be extended so: \(reason)", context: ["vm": vm])
    }

    /// Raises `replication.already_protected` when the machine is the production end of a chain
    /// that an extended relationship is left of.
    func requireNoExtended(_ machine: MachineID) async throws {
        let key = Protection.key(of: machine.name, .extended)
        guard let extended = try await ledger.protection(of: key) else { return }
        throw Failure(
            .alreadyProtected,
            "\(machine.name) has a replica at \(extended.replica.site) by \(key); remove that "
                + "protection first",
            context: ["vm": machine.name])
    }

    /// Replicas that belong to no protection any more: left by a removal, or the end of a chain
    /// that was broken (F-8). Sites that do not answer are passed over.
    package func orphans() async throws -> [MachineID] {
        let claimed = Set(try await ledger.summaries().flatMap { [$0.primary, $0.replica] })
        var orphans: [MachineID] = []
        for site in try await fabric.sites() {
            do {
                orphans += try await fabric.machines(at: site.name)
                    .filter { $0.role == .replica && !claimed.contains($0.id) }.map(\.id)
            } catch let failure as Failure where failure.code == .siteUnreachable {
                continue
            }
        }
        return orphans.sorted()
    }
}

extension Protection {
    /// The relationship that goes on from this one's replica, before it is saved.
    fileprivate func extended(to options: ProtectionOptions, epoch: Int) -> Protection {
        var extended = Protection(
            vm: vm, primary: replica, replica: MachineID(site: options.target, name: vm),
            interval: options.interval, isCompressed: options.isCompressed,
            pointsKept: options.pointsKept, disks: disks, excludedDisks: excludedDisks,
            epoch: epoch)
        extended.terms = options.terms
        extended.terms.relationship = .extended
        return extended
    }
}
