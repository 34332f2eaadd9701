// The way to the chosen point of a failover: one undo log after the other, or the redo logs they
// left, each step recorded. A log of it may be found damaged, or missing, when some have been
// applied already. Then the disks are brought to a point that is whole before anything else:
//
//     a step is half done             taken back, by the log of the other direction
//     where the failover began        reached by the logs of the way: as if it had never begun
//     else                            the nearest kept point that can be reached
//     none of them                    the disks are no point's: `giveUp`
//
// The record says where the disks are brought before they are, so that a death goes on from there.
// What follows depends on who serves. Nothing had taken over yet: the failover is given up, and any
// kept point may be chosen anew, or a resync sends all. Another point was being chosen: the machine
// is production again, turned off, where it was brought to. Either way the damage is raised.
import Fabric
import Model

extension ReplicationEngine {
    /// The replica's disks at the chosen point, or where they were brought instead.
    func reach(_ protection: Protection) async throws -> Protection {
        var begun = protection
        let point = begun.standingFailover.point
        if begun.appliedSequence != point {
            // Held off once the record says so: a death between leaves it production somewhere.
            try await holdPrimary(begun.replica)
            // Points lie as undo logs over disks as replication left them.
            begun = try await turn(begun, at: begun.replica, seals: true)
        }
        do {
            return try await bring(begun, to: point)
        } catch let failure as Failure where failure.isDamagedWay {
            return try await turnBack(begun.key, failure)
        }
    }

    /// What is to take over, when the chosen point was missed; raises when nothing is.
    func standing(_ protection: Protection) async throws -> Protection {
        let failover = protection.standingFailover
        guard let missed = failover.missed else { return protection }
        if protection.replicaStamps.isEmpty { throw try await giveUp(protection, missed) }
        guard failover.standing == nil else { return protection }
        throw try await abandon(protection, missed)
    }

    /// The machine is production again where it was brought to.
    func stay(_ protection: Protection, _ missed: MissedPoint) async throws -> Failure {
        var standing = protection
        standing.failover?.missed = nil
        try await save(standing, after: .failedOver)
        return protection.missing(
            missed,
            "\(protection.replica) stands at point \(protection.appliedSequence), turned off; "
                + "choose another one, or complete the failover")
    }

    /// Applies undo logs, or the redo logs they left, one point at a time; each is recorded.
    private func bring(_ protection: Protection, to point: Int) async throws -> Protection {
        var protection = protection
        let side = try await replicaSide(protection)
        while protection.appliedSequence != point {
            let goesBack = protection.appliedSequence > point
            let (application, reached) = try await blocking { [protection] in
                try goesBack ? side.stepBack(protection) : side.stepForward(protection)
            }
            var next = protection
            next.appliedSequence = reached
            protection = try await run(application, order, next, side)
        }
        return protection
    }

    /// The disks at a kept point that can be reached; or no point's, and then without stamps.
    private func turnBack(_ key: String, _ damage: Failure) async throws -> Protection {
        var begun = try await required(key)
        let side = try await replicaSide(begun)
        let chosen = begun.standingFailover
        let missed =
            chosen.missed ?? MissedPoint(sequence: chosen.point, damage: damage.message)
        var isDoubtful = false
        for point in begun.waysOut {
            guard let whole = try await takeBackStep(begun, side) else { break }
            isDoubtful = isDoubtful || whole.replicaStamps != begun.replicaStamps
            begun = try await aim(whole, at: point, missed)
            do {
                begun = try await bring(begun, to: point)
                return isDoubtful ? try await doubted(begun) : begun
            } catch let failure as Failure where failure.isDamagedWay {
                begun = try await required(key)
            }
        }
        return try await aim(begun, at: begun.appliedSequence, missed, isPoint: false)
    }

    private func aim(
        _ protection: Protection, at point: Int, _ missed: MissedPoint, isPoint: Bool = true
    ) async throws -> Protection {
        var aimed = protection
        aimed.failover?.point = point
        aimed.failover?.missed = missed
        if !isPoint { aimed.replicaStamps = [] }
        try await ledger.save(aimed)
        return aimed
    }

    /// The disks as the record says, after half a step; nil when nothing leads back.
    private func takeBackStep(
        _ protection: Protection, _ side: ReplicaSide
    ) async throws -> Protection? {
        do {
            var whole = protection
            whole.replicaStamps = try await blocking { () -> [ImageStamp] in
                if try side.stamps() == protection.replicaStamps { return protection.replicaStamps }
                guard let step = try side.wayBackOfStep(protection) else { return [] }
                try step.perform([.verifyLog, .writeDisks, .syncDisks])
                return try side.stamps()
            }
            if whole.replicaStamps.isEmpty { return nil }
            try await ledger.save(whole)
            return whole
        } catch let failure as Failure where failure.isDamagedWay {
            return nil
        }
    }

    /// Half a step looks like somebody's write, who would not have been taken back.
    private func doubted(_ protection: Protection) async throws -> Protection {
        let point = try RecoveryPointChain.point(protection.appliedSequence, of: protection)
        do {
            _ = try await prove(point, of: protection, .required)
            return protection
        } catch let failure as Failure
            where [.contentDiffers, .contentUnproven].contains(failure.code)
        {
            var torn = protection
            torn.isReplicaDoubted = true
            torn.replicaStamps = []
            try await ledger.save(torn)
            return torn
        }
    }

    /// Nothing has taken over: the replica waits for a resync, with the points that can be had.
    private func abandon(
        _ protection: Protection, _ missed: MissedPoint
    ) async throws -> Failure {
        try await putAwayWaitingLogs(protection)
        var left = protection
        // What is newer than the disks lies behind a damaged log: the numbers begin anew.
        if left.points.last?.sequence != left.appliedSequence {
            let base = left.points.first { $0.sequence == left.appliedSequence }
            left = left.inNewGeneration(from: base)
        }
        left.failover = nil
        try await save(
            left, after: .failoverGivenUp,
            moving: try await leaving(left.replica, for: left.primary))
        return protection.missing(
            missed,
            "nothing was failed over; choose another point, or `muster resync \(protection.key)`")
    }
}

extension Failure {
    /// A log of a way between points is damaged, or is not there.
    fileprivate var isDamagedWay: Bool { [.logDamaged, .pointMissing].contains(code) }
}

extension Protection {
    /// Where a failover may be brought when its point cannot be reached, the best first.
    fileprivate var waysOut: [Int] {
        let origin = standingFailover.standing ?? points.last?.sequence
        let others = points.map(\.sequence)
            .filter { $0 != origin && $0 != standingFailover.point }
            .sorted { abs($0 - appliedSequence) < abs($1 - appliedSequence) }
        return (origin.map { [$0] } ?? []) + others
    }

    fileprivate func missing(_ missed: MissedPoint, _ afterwards: String) -> Failure {
        Failure(
            .logDamaged,
            "point \(missed.sequence) of \(key) cannot be reached: \(missed.damage); \(afterwards)",
            context: ["vm": key, "point": String(missed.sequence)])
    }
}
