// Drift is listed, and re-protecting takes it over, with the replica that is there as the base
//
//
//     settle ─▶ the replica gets processors, memory, cards, larger and new disks ─▶ record
//
// When disks changed a new generation begins, in which the replica's disks are point 0: older
// points were of another shape and are gone. A resync follows: differences and the new disks
// travel.
import Fabric
import Model

extension ReplicationEngine {
    /// What has changed at the primary since the replica was made. Raises
    /// `fabric.site_unreachable` while one of the sites does not answer.
    package func drift(of vm: String) async throws -> [Drift] {
        let protection = try await required(vm)
        return Drift.list(
            protection, primary: try await fabric.machine(protection.primary),
            replica: try await fabric.machine(protection.replica))
    }

    /// Takes over what has drifted. When disks were added or resized the protection is
    /// `waiting-for-resync` afterwards; a disk that is gone at the primary stays at the replica and
    /// is replicated no more. `excluding` names new disks that are left out on purpose.
    ///
    /// Raises `replication.disk_not_replicable` for a new disk that is no image,
    /// `fabric.update_refused` for one that shrank, `replication.extended_stands`.
    package func reprotect(
        _ vm: String, excluding: [String] = [], operation: String? = nil
    ) async throws -> Protection {
        try await perform(vm, operation) { protection in
            try await requireNoOnward(protection, to: "re-protect")
            let isUncopied = protection.state == .readyForInitialReplication
            if let event = protection.state.eventOfReshaping {
                _ = try protection.state.after(event)
            }
            let primary = try await fabric.machine(protection.primary)
            let options = ProtectionOptions(
                target: protection.replica.site,
                disks: protection.wantedDisks(of: primary, excluding: excluding))
            let wanted = try ProtectionCheck(primary, options).protection()
            if wanted.disks == protection.disks {
                try await adopt(primary, wanted, protection)
                var same = try await noting(networksOf: primary, in: protection)
                same.excludedDisks = wanted.excludedDisks
                return try await save(same, after: nil, verb: "reprotect", operation: operation)
            }
            let settled =
                isUncopied
                ? try await forgetCopy(protection) : try await settle(ifFitting: protection)
            try await adopt(primary, wanted, protection)
            var reshaped = try await noting(
                networksOf: primary, in: settled.reshaped(wanted))
            let side = try await replicaSide(reshaped)
            reshaped.replicaStamps = try await blocking { try side.stamps() }
            return try await save(
                reshaped, after: settled.state.eventOfReshaping, verb: "reprotect",
                operation: operation)
        }
    }

    /// What a first copy that died has left is of the old disks.
    private func forgetCopy(_ protection: Protection) async throws -> Protection {
        try await putAwayWaitingLogs(protection)
        let side = try await replicaSide(protection)
        try await blocking { try side.forgetHashes() }
        return protection
    }

    /// Logs that wait are applied first; not when a re-protection that died has reshaped the
    /// replica's disks already: then they are worth nothing.
    private func settle(ifFitting protection: Protection) async throws -> Protection {
        do {
            return try await settle(protection)
        } catch let failure as Failure where failure.code == .sizeChanged {
            try await putAwayWaitingLogs(protection)
            return protection
        }
    }

    /// The replica gets the primary's configuration; its cards keep their places.
    private func adopt(
        _ primary: VirtualMachine, _ wanted: Protection, _ protection: Protection
    ) async throws {
        let standing = try await fabric.machine(protection.replica)
        let site = try await fabric.sites().first { $0.name == protection.replica.site }
        guard let host = site?.hosts.first(where: { $0.name == standing.host }) else {
            throw Failure(
                .unknownName, "\(protection.replica) has no host '\(standing.host)' any more",
                context: ["vm": protection.vm, "host": standing.host])
        }
        let model = wanted.makeReplica(of: primary, on: host)
        try await fabric.update(protection.replica) { machine in
            machine.processors = model.processors
            machine.memory = model.memory
            machine.nics = model.nics.map { card in
                var card = card
                if let own = machine.nics.first(where: { $0.name == card.name }) {
                    card.switchName = own.switchName
                    card.takeAddresses(of: own)
                    card.failoverAddress = own.failoverAddress
                }
                return card
            }
            for disk in model.disks {
                if let place = machine.disks.firstIndex(where: { $0.name == disk.name }) {
                    machine.disks[place].size = disk.size
                } else {
                    machine.disks.append(disk)
                }
            }
        }
    }
}

extension ProtectionState {
    /// What leads to the resync that new disks need; nil where one is due already.
    fileprivate var eventOfReshaping: Event? {
        switch self {
        case .readyForInitialReplication, .waitingForResync: nil
        case .resyncing: .resyncInterrupted
        default: .resyncRequired
        }
    }
}

extension Protection {
    fileprivate func wantedDisks(
        of primary: VirtualMachine, excluding: [String]
    ) -> [String] {
        let left = Set(excludedDisks + excluding)
        return primary.disks.map(\.name).filter { !left.contains($0) }
    }

    /// A new generation with other disks, which begins at what the replica holds.
    fileprivate func reshaped(_ wanted: Protection) -> Protection {
        var next = inNewGeneration(from: points.last)
        next.disks = wanted.disks
        next.excludedDisks = wanted.excludedDisks
        return next
    }
}
