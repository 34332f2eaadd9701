// Turning the direction round: the roles change, a new generation begins.
import Fabric
import Model

extension ReplicationEngine {
    /// Turns the direction round. After a planned failover only new writes travel, for the old
    /// primary's disks hold the very point that was failed over to; after an unplanned one, or when
    /// they were changed meanwhile, the next `sync` compares the old disks and sends what differs.
    ///
    /// Raises `fabric.site_unreachable` while the old primary does not answer, and
    /// `replication.reversal_impossible` when its site takes no replicas from the new one.
    package func reverse(_ vm: String, operation: String? = nil) async throws -> Protection {
        try await perform(vm, operation) { protection in
            try await requireNoOnward(protection, to: "reverse")
            try await requireNoOtherSource(protection)
            _ = try opening(of: protection)
            var agreement = try reversedAgreement(of: protection)
            let protection = try await finishTurning(protection)
            let isSame = try await oldPrimaryIsUnchanged(protection)
            // An old primary that was changed behind our back makes a planned failover an unplanned
            // one.
            let completes = !isSame && protection.isPlanned && !protection.state.isFailedOver
            let event: ProtectionState.Event = isSame ? .reversed : .reversedWithResync
            let state = completes ? try protection.state.after(.completed) : protection.state
            _ = try state.after(event)
            try await requireProductive(protection)
            try await demote(protection)
            // What becomes a replica is sealed as a replica is.
            var reversed = try await turn(
                protection, at: protection.primary, seals: true, keepsPoint: isSame)
            agreement.encryption = reversed.agreement.encryption
            reversed.state = state
            reversed = reversed.turnedRound(holdsPoint: isSame)
            let production = try await fabric.machine(reversed.primary)
            reversed.agreement = try await admitted(agreement, production)
            reversed = try await noting(networksOf: production, in: reversed)
            return try await save(
                reversed, after: event, verb: "reverse", operation: operation,
                moving: try await leaving(reversed.replica, for: reversed.primary))
        }
    }

    /// The machine that was failed over to may have been failed over since, by the other
    /// relationship of a chain; or the old primary was, and has outgrown it, even if it is a
    /// replica again by now.
    private func requireProductive(_ protection: Protection) async throws {
        guard protection.failover != nil else { return }
        let production = try await fabric.machine(protection.replica)
        let other = try await fabric.machine(protection.primary)
        let isOutgrown = other.epoch > production.epoch
        if production.role == .production, !isOutgrown { return }
        let why =
            isOutgrown
            ? "\(other.id) was failed over to after \(production.id)"
            : "\(production.id) is not in production any more"
        throw Failure(
            .transitionRefused,
            "\(why); remove the protection of \(protection.key) with `muster unprotect`, and "
                + "protect the machine where it runs",
            context: ["vm": protection.key, "state": protection.state.rawValue])
    }

    private func oldPrimaryIsUnchanged(_ protection: Protection) async throws -> Bool {
        guard protection.isPlanned, !protection.primaryStamps.isEmpty else { return false }
        return try await stamps(of: protection.disks, at: protection.primary)
            == protection.primaryStamps
    }

    /// The old primary becomes a replica, whatever it did meanwhile; its disks must fit.
    private func demote(_ protection: Protection) async throws {
        let machine = try await fabric.machine(protection.primary)
        for disk in protection.disks {
            let found = machine.disks.first { $0.name == disk.name }
            guard found?.size == disk.size else {
                throw Failure(
                    found == nil ? .protectedDiskMissing : .sizeChanged,
                    "\(disk.name) of \(protection.primary) is not what was protected; remove the "
                        + "protection and protect the machine where it runs",
                    context: ["vm": protection.vm, "disk": disk.name])
            }
        }
        if machine.power == .running { try await fabric.stop(protection.primary) }
        try await holdPrimary(protection.primary)
    }
}

extension ProtectionState {
    fileprivate var isFailedOver: Bool { self == .failedOver }
}

extension Protection {
    fileprivate var isPlanned: Bool {
        failover?.kind == .planned || failover?.kind == .failback
    }

    /// The same protection in the other direction, before the state says so. `holdsPoint`: the new
    /// replica holds the point of the failover, and begins with it as point 0.
    fileprivate func turnedRound(holdsPoint: Bool) -> Protection {
        let base = holdsPoint ? points.first { $0.sequence == appliedSequence } : nil
        var turned = inNewGeneration(from: base)
        turned.primary = replica
        turned.replica = primary
        turned.replicaStamps = base == nil ? [] : primaryStamps
        turned.failover = nil
        return turned
    }
}
