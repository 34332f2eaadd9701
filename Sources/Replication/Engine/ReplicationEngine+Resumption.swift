// A failover that died and is asked for again. It goes on from its record, unless what it counts on
// is true no more: machines may have been started, failed over and written to since.
//
//     stamps as recorded                       on it goes
//     production at the chosen point           it was taken over; its guest wrote
//     production at another point              a guest wrote: stays there, `point_overwritten`
//     a replica between two points             half a step, or somebody: proven when it is there
//     a replica at the chosen point            somebody wrote: back to a resync, `replica_changed`
//     a replica at no point, for its way is damaged    the same, `log_damaged`
//
// Whoever goes without a proof, for a reason, gets the disks as they are.
import Fabric
import Model

extension ReplicationEngine {
    /// The record with the replica's disks at the chosen point.
    func goOn(_ protection: Protection, _ request: FailoverRequest) async throws -> Protection {
        _ = try opening(of: protection)
        var begun = try await finishTurning(protection)
        let failover = begun.standingFailover
        let isProductive = try await fabric.machine(begun.replica).role == .production
        let isUntouched = try await isUntouched(begun, isProductive: isProductive)
        let isThere = begun.appliedSequence == failover.point
        if isProductive, !isThere, !isUntouched { return try await stay(begun) }
        begun = try await reach(begun)
        if isProductive || isUntouched { return begun }
        let reached = begun.standingFailover
        if case .skipped = request.proof {
            if begun.replicaStamps.isEmpty { begun.failover?.missed = nil }
            begun.failover?.proof = ContentProof(
                point: reached.point, skippedBecause: request.proof.reason)
            return begun
        }
        if isThere { throw try await giveUp(begun, reached.missed) }
        return try await proven(begun, reached)
    }

    /// A machine in production may have got a larger disk since; of a replica that is told.
    private func isUntouched(
        _ protection: Protection, isProductive: Bool
    ) async throws -> Bool {
        let side = try await replicaSide(protection)
        do {
            return try await blocking { try side.stamps() == protection.replicaStamps }
        } catch let failure as Failure where isProductive && failure.code == .sizeChanged {
            return false
        }
    }

    /// Another point cannot be reached any more, and none was left yet.
    private func stay(_ protection: Protection) async throws -> Protection {
        var standing = protection
        standing.failover?.point = protection.appliedSequence
        try await save(standing, after: .failedOver)
        throw overwritten(protection)
    }

    private func proven(
        _ protection: Protection, _ failover: FailoverRecord
    ) async throws -> Protection {
        guard let point = protection.points.first(where: { $0.sequence == failover.point }),
            !protection.replicaStamps.isEmpty, failover.proof?.skippedBecause == nil
        else { return protection }
        do {
            _ = try await prove(point, of: protection, .required)
            return protection
        } catch let failure as Failure where failure.code == .contentDiffers {
            throw try await giveUp(protection, failover.missed)
        }
    }

    /// The disks are no point's: the primary sends its own again, if it can; else the replica is
    /// what there is.
    func giveUp(_ protection: Protection, _ missed: MissedPoint?) async throws -> Failure {
        let epoch = try await epochToReturn(protection)
        if let epoch {
            var sealed = try await turn(
                protection, at: protection.replica, seals: true, keepsPoint: false)
            sealed.epoch = max(sealed.epoch, epoch)
            try await distrust(sealed, try await replicaSide(sealed))
        }
        let hint =
            epoch != nil
            ? "the failover is given up; `muster resync \(protection.key)` sends the blocks that "
                + "differ, and it can be failed over, or released from preparation, afterwards"
            : "\(protection.primary) cannot send them again now; bring its site back and ask "
                + "again, or fail over as they are, without a proof, for a reason"
        guard let missed else {
            return Failure(
                .replicaChanged,
                "somebody wrote to the disks of \(protection.replica) while its failover was half "
                    + "done; \(hint)",
                context: ["vm": protection.vm, "site": protection.replica.site])
        }
        return Failure(
            .logDamaged,
            "point \(missed.sequence) of \(protection.key) cannot be reached: \(missed.damage); "
                + "the disks of \(protection.replica) are between two points; \(hint)",
            context: ["vm": protection.vm, "point": String(missed.sequence)])
    }

    /// The epoch under which the primary may serve again; nil when it does not answer, or has been
    /// outgrown by a guest that wrote. While another point is chosen no guest has written: then the
    /// old primary holds all there is, and takes the epoch that the failover was to have.
    private func epochToReturn(_ protection: Protection) async throws -> Int? {
        guard let primary = try await machine(ifAnswering: protection.primary) else { return nil }
        let replica = try await fabric.machine(protection.replica)
        if primary.epoch >= replica.epoch { return primary.epoch }
        let failover = protection.standingFailover
        guard failover.standing != nil else { return nil }
        try await fabric.update(protection.primary) { $0.epoch = max($0.epoch, failover.epoch) }
        return failover.epoch
    }
}

extension Protection {
    /// What the failover under way is to come to.
    var standingFailover: FailoverRecord {
        guard let failover else { preconditionFailure("a failover under way has its record") }
        return failover
    }
}
