// A failover that died and is asked for again. It goes on from its record, unless what it counts on
// is true no more: machines may have been started, failed over and written to since.
//
//     stamps as recorded                       on it goes
//     production at the chosen point           it was taken over; its guest wrote
//     production at another point              a guest wrote: stays there, `point_overwritten`
//     a replica between two points             half a step, or somebody: proven when it is there
//     a replica at the chosen point            somebody wrote: back to a resync, `replica_changed`
//
// Whoever goes without a proof, for a reason, gets the disks as they are.
import Fabric
import Model

extension ReplicationEngine {
    /// The record with the replica's disks at the chosen point.
    func goOn(_ protection: Protection, _ request: FailoverRequest) async throws -> Protection {
        var begun = try await finishTurning(protection)
        let failover = begun.standingFailover
        let isProductive = try await fabric.machine(begun.replica).role == .production
        let isUntouched = try await isUntouched(begun, isProductive: isProductive)
        let isThere = begun.appliedSequence == failover.point
        if isProductive, !isThere, !isUntouched { return try await stay(begun) }
        begun = try await reach(begun)
        if isProductive || isUntouched { return begun }
        if case .skipped = request.proof {
            begun.failover?.proof = ContentProof(
                point: failover.point, skippedBecause: request.proof.reason)
            return begun
        }
        if isThere { throw try await giveUp(begun) }
        return try await proven(begun, failover)
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
            failover.proof?.skippedBecause == nil
        else { return protection }
        do {
            _ = try await prove(point, of: protection, .required)
            return protection
        } catch let failure as Failure where failure.code == .contentDiffers {
            throw try await giveUp(protection)
        }
    }

    /// Nothing has taken over yet: the primary can send its disks again. Not when it has been
    /// outgrown, or does not answer; then the replica is what there is.
    private func giveUp(_ protection: Protection) async throws -> Failure {
        let primary = try await machine(ifAnswering: protection.primary)
        let replica = try await fabric.machine(protection.replica)
        let mayReturn = primary.map { $0.epoch >= replica.epoch } ?? false
        if mayReturn {
            let sealed = try await turn(
                protection, at: protection.replica, seals: true, keepsPoint: false)
            try await distrust(sealed, try await replicaSide(sealed))
        }
        let hint =
            mayReturn
            ? "the failover is given up; `muster resync \(protection.key)` sends the blocks that "
                + "differ, and it can be failed over, or released from preparation, afterwards"
            : "\(protection.primary) cannot send them again now; bring its site back and ask "
                + "again, or fail over as they are, without a proof, for a reason"
        return Failure(
            .replicaChanged,
            "somebody wrote to the disks of \(protection.replica) while its failover was half "
                + "done; \(hint)",
            context: ["vm": protection.vm, "site": protection.replica.site])
    }
}

extension Protection {
    /// What the failover under way is to come to.
    var standingFailover: FailoverRecord {
        guard let failover else { preconditionFailure("a failover under way has its record") }
        return failover
    }
}
