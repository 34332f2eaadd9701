// Failing over. The replica becomes production in one place: by an update of the fabric that raises
// its epoch. Before it, both sides are held off; after it, the old primary cannot be powered on any
// more.
import Fabric
import Model

extension ReplicationEngine {
    /// Sends the rest of a turned-off machine and holds both sides off. Raises
    /// `replication.machine_running` while it runs (F-2); with `reverses`,
    /// `replication.reversal_impossible` when the direction could not be turned round afterwards.
    package func prepare(
        _ vm: String, reverses: Bool = false, operation: String? = nil
    ) async throws -> Protection {
        try await perform(vm, operation) { protection in
            if reverses { _ = try reversedAgreement(of: protection) }
            if protection.state != .error { _ = try protection.state.after(.prepared) }
            try await requireProduction(protection)
            try await requireOff(protection.primary)
            let request = CycleRequest(everything: false, verb: "", operation: nil)
            var sent = try await noting(vm) { try await sync(protection, request) }
            try await holdPrimary(protection.primary)
            let source = try await changeSource(of: protection)
            // Somebody may have had it running until it was held.
            if try await blocking({ try source.pendingBytes() }).bytes > 0 {
                sent = try await noting(vm) { [sent] in try await sync(sent, request) }
            }
            sent.primaryStamps = try await stamps(of: sent.disks, at: sent.primary)
            return try await save(sent, after: .prepared, verb: "prepare", operation: operation)
        }
    }

    /// Gives the primary back to production. What it may have written since the last cycle is sent
    /// first: a machine that becomes production begins with an empty record of writes.
    package func cancelPreparation(
        _ vm: String, operation: String? = nil
    ) async throws -> Protection {
        try await perform(vm, operation) { protection in
            try await requireProduction(protection)
            var released = protection
            let isPrepared = protection.state == .preparedForFailover
            if !isPrepared { _ = try protection.state.after(.prepared) }
            let source = try await changeSource(of: protection)
            let isHeld = try await fabric.machine(protection.primary).role == .replica
            if isHeld, try await blocking({ try source.pendingBytes() }).bytes > 0 {
                let request = CycleRequest(everything: false, verb: "", operation: nil)
                released = try await noting(vm) { try await cycle(protection, request) }
            }
            try await fabric.update(protection.primary) { $0.role = .production }
            released.primaryStamps = []
            return try await save(
                released,
                after: released.state == .preparedForFailover ? .preparationCancelled : nil,
                verb: "cancelPreparation", operation: operation)
        }
    }

    /// Makes the replica the production machine at the chosen point, under a raised epoch; starts
    /// nothing. In `failed-over-waiting-completion` it chooses another point.
    ///
    /// Raises `replication.reason_missing`, `replication.point_missing`,
    /// `replication.point_overwritten`, `replication.transition_refused`, `fabric.pool_exhausted`,
    /// `fabric.switch_missing` for a network that is mapped to nowhere, `replication.key_missing`
    /// for an encrypted replica, and before anything is changed `replication.content_differs` and
    /// `replication.log_damaged`; this one too when damage is met half way, and then no machine was
    /// started and another point can be chosen (`ReplicationEngine+Way`). Kind `test` is refused:
    /// use ``testFailover(_:point:network:operation:)``.
    package func failOver(
        _ vm: String, _ request: FailoverRequest, operation: String? = nil
    ) async throws -> Protection {
        try await perform(vm, operation) { protection in
            let isUnderWay = [.failingOver, .failingBack].contains(protection.state)
            var begun =
                isUnderWay
                ? try await goOn(protection, request)
                : try await reach(try await begin(request, protection))
            begun = try await standing(begun)
            begun = try await turn(begun, at: begun.replica, seals: false)
            begun = try await outgrowing(try await fence(begun))
            try await fenceOrigin(begun)
            let failover = begun.standingFailover
            try await takeOver(begun, failover)
            begun.epoch = failover.epoch
            if let missed = failover.missed { throw try await stay(begun, missed) }
            begun.service.lastFailover = begun.exercise(failover, now: clock.now)
            begun.note("failOver", key: operation, point: failover.point)
            let left =
                failover.isPrimaryFenced
                ? try await leaving(begun.primary, for: begun.replica) : []
            return try await save(begun, after: .failedOver, moving: left)
        }
    }

    /// Commits the failover: the other points are gone.
    package func complete(_ vm: String, operation: String? = nil) async throws -> Protection {
        try await perform(vm, operation) { protection in
            var completed = protection
            completed.points = protection.points.filter {
                $0.sequence == protection.appliedSequence
            }
            let saved = try await save(
                completed, after: .completed, verb: "complete", operation: operation)
            let side = try await replicaSide(saved)
            try await blocking { try side.sweep(saved) }
            return saved
        }
    }

    // The steps of a failover; each may be done again

    private func begin(
        _ request: FailoverRequest, _ protection: Protection
    ) async throws -> Protection {
        let event = try protection.event(for: request.kind)
        _ = try protection.state.after(event)
        _ = try opening(of: protection)
        let primary = try await machine(ifAnswering: protection.primary)
        let origin = try await origin(of: protection)
        try await requireNewest(protection, primary)
        if request.kind == .unplanned, event != .pointChanged {
            try requireReason(request, protection, origin ?? primary)
        }
        let isSettled = event == .pointChanged || protection.state == .preparedForFailover
        var begun = isSettled ? protection : try await settle(protection, for: request)
        let point = try begun.point(for: request)
        if event == .pointChanged { try await requireUntouched(protection) }
        let proof = try await prove(point, of: begun, request.proof)
        try await restOnward(protection)
        let replica = try await fabric.machine(protection.replica)
        let known = try await newestEpoch(beside: begun)
        let epoch =
            max(begun.epoch, replica.epoch, primary?.epoch ?? 0, origin?.epoch ?? 0, known) + 1
        var record = FailoverRecord(
            kind: request.kind, point: point.sequence, epoch: epoch, reason: request.reason,
            at: clock.now)
        record.isPrimaryFenced = protection.failover?.isPrimaryFenced ?? false
        record.proof = proof
        record.standing = event == .pointChanged ? begun.appliedSequence : nil
        begun.failover = record
        begun = try await noting(networksOf: primary, in: begun)
        return try await save(
            begun, after: event, moving: try await taking(for: begun, replica))
    }

    /// A person who names a point that is whole gets it, even when what came after it cannot be
    /// applied now; one who asks for the latest is told why it cannot be had.
    private func settle(
        _ protection: Protection, for request: FailoverRequest
    ) async throws -> Protection {
        do {
            return try await settle(protection)
        } catch let failure as Failure
            where request.point != nil && failure.code != .replicaChanged
        {
            try await putAwayWaitingLogs(protection)
            return try await settle(try await required(protection.vm))
        }
    }

    private func requireReason(
        _ request: FailoverRequest, _ protection: Protection, _ primary: VirtualMachine?
    ) throws {
        guard let primary, request.reason ?? "" == "" else { return }
        throw Failure(
            .reasonMissing,
            "\(primary.id) still answers; fail \(protection.vm) over as planned, which "
                + "loses nothing, or give the reason for an unplanned failover",
            context: ["vm": protection.vm, "site": protection.primary.site])
    }

    /// The old primary is turned off and told, if it answers; if not, the epoch keeps it off.
    private func fence(_ protection: Protection) async throws -> Protection {
        guard let primary = try await machine(ifAnswering: protection.primary) else {
            return protection
        }
        if primary.power == .running { try await fabric.stop(protection.primary) }
        try await holdPrimary(protection.primary)
        var fenced = protection
        fenced.failover?.isPrimaryFenced = true
        return fenced
    }

    private func takeOver(_ protection: Protection, _ failover: FailoverRecord) async throws {
        let place = try await placing(protection)
        try await fabric.update(protection.replica) { machine in
            machine.role = .production
            machine.epoch = max(machine.epoch, failover.epoch)
            place(&machine)
        }
    }

    /// From here on the fabric refuses to power it on.
    func holdPrimary(_ id: MachineID) async throws {
        try await fabric.update(id) { $0.role = .replica }
    }

    func requireOff(_ id: MachineID) async throws {
        guard try await fabric.machine(id).power == .running else { return }
        throw Failure(
            .machineNotOff, "\(id) is running; shut it down first",
            context: ["vm": id.name, "site": id.site])
    }

    func stamps(of disks: [ProtectedDisk], at id: MachineID) async throws -> [ImageStamp] {
        let side = ReplicaSide(
            folder: layout.folder(of: id.name, at: id.site, in: nil), disks: disks,
            images: try await imagePaths(disks, of: id), files: files, workers: workers)
        return try await blocking { try side.stamps() }
    }
}

extension Protection {
    fileprivate func exercise(
        _ failover: FailoverRecord, now: Timestamp
    ) -> ServiceRecord.Exercise? {
        points.first { $0.sequence == failover.point }.map { point in
            ServiceRecord.Exercise(
                kind: failover.kind, begunAt: failover.begunAt, readyAt: now, cutAt: point.cutAt)
        }
    }

    fileprivate func point(for request: FailoverRequest) throws(Failure) -> RecoveryPoint {
        let point = try RecoveryPointChain.point(request.point, of: self)
        guard request.kind == .unplanned || point.sequence == appliedSequence else {
            throw Failure(
                .pointMissing,
                "a \(request.kind.rawValue) failover takes the latest point, \(appliedSequence), "
                    + "since it loses nothing",
                context: ["vm": vm])
        }
        return point
    }

    fileprivate func event(for kind: FailoverKind) throws(Failure) -> ProtectionState.Event {
        switch kind {
        case .planned: return .plannedStarted
        case .failback: return .failbackStarted
        case .unplanned:
            return state == .failedOverWaitingCompletion ? .pointChanged : .unplannedStarted
        case .test:
            throw Failure(
                .usage, "a test failover makes a machine of its own; ask for it as such",
                context: ["vm": vm])
        }
    }
}
