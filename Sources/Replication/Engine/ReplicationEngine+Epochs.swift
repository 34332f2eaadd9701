// Which epochs a failover outgrows, and from whom it does not take over. A machine that took over
// by the other relationship of a chain is known by that one's record; once that is removed, by what
// the record that stays was told, and by the machine itself.
import Fabric
import Model

extension ReplicationEngine {
    /// A third machine that took over after both of these is where the newest writes are: a
    /// failover would leave two in production. Raises `replication.transition_refused`.
    func requireNewest(_ protection: Protection, _ primary: VirtualMachine?) async throws {
        // What the other relationship knows of is outgrown.
        guard try await beside(protection) == nil else { return }
        let replica = try await fabric.machine(protection.replica)
        let newest = max(replica.epoch, primary?.epoch ?? 0)
        let own = [protection.primary.site, protection.replica.site]
        for site in try await fabric.sites() where !own.contains(site.name) {
            let id = MachineID(site: site.name, name: protection.vm)
            guard let other = try await machine(ifThere: id), other.role == .production,
                other.epoch > newest
            else { continue }
            throw Failure(
                .transitionRefused,
                "\(other.id) is in production, under a newer epoch than \(protection.primary) and "
                    + "\(protection.replica); remove the protection of \(protection.key) with "
                    + "`muster unprotect`, and protect the machine where it runs",
                context: ["vm": protection.key, "state": protection.state.rawValue])
        }
    }

    /// Whoever became production while this failover lay half done has a newer epoch than the one
    /// it chose, and is outgrown again.
    func outgrowing(_ protection: Protection) async throws -> Protection {
        let primary = try await machine(ifAnswering: protection.primary)
        let origin = try await origin(of: protection)
        let known = try await newestEpoch(beside: protection)
        let others = max(primary?.epoch ?? 0, origin?.epoch ?? 0, known)
        var begun = protection
        begun.failover?.epoch = max(protection.standingFailover.epoch, others + 1)
        return begun
    }

    /// Under which the other relationship of a chain has made a machine production: its site may
    /// not answer now, and comes back.
    func newestEpoch(beside protection: Protection) async throws -> Int {
        guard let record = try await beside(protection) else { return 0 }
        return max(record.epoch, record.failover?.epoch ?? 0)
    }

    /// A preparation that died has held the machine off, and the record does not say so yet. Not
    /// one that another machine has outgrown.
    func isHeldByPreparation(_ protection: Protection) async throws -> Bool {
        guard protection.production == protection.primary,
            try await upstream(of: protection) == nil,
            let primary = try await machine(ifThere: protection.primary), primary.role == .replica
        else { return false }
        return primary.epoch >= max(protection.epoch, try await newestEpoch(beside: protection))
    }

    /// The record of this relationship goes; the other one keeps in mind what it has made
    /// production, for the site may not answer when that one fails over, and whether it leaves the
    /// replica from which that one starts sealed.
    func leaveKnowledge(of protection: Protection) async throws {
        guard let known = try await beside(protection) else { return }
        var other = known
        other.epoch = max(known.epoch, protection.epoch)
        let middle = protection.replica
        if other.primary == middle, let sealed = protection.agreement.encryption?.sealedSites {
            if sealed.contains(middle.site) {
                other.agreement.encryption?.sealedSites.insert(middle.site)
            } else {
                other.agreement.encryption?.sealedSites.remove(middle.site)
            }
        }
        if other != known { try await ledger.save(other) }
    }

    /// The other relationship of a chain.
    private func beside(_ protection: Protection) async throws -> Protection? {
        let other: Relationship =
            protection.terms.relationship == .simple ? .extended : .simple
        return try await ledger.protection(of: Protection.key(of: protection.vm, other))
    }

    /// The machine, or nil when its site does not answer or has none of that name.
    func machine(ifThere id: MachineID) async throws -> VirtualMachine? {
        do {
            return try await machine(ifAnswering: id)
        } catch let failure as Failure where failure.code == .unknownName {
            return nil
        }
    }
}
