// The replica's part of a cycle, and what is done first after a death: logs that have arrived are
// applied, an application that cannot be ended is taken back.
import Fabric
import Model

/// What the application of a log adds to the statistics.
struct CycleCost: Sendable {
    var cutAt: Timestamp
    var bytes: Int64
    /// Of the blocks of a delta, before compression.
    var changed: Int64
    var now: any WallClock
}

extension ReplicationEngine {
    /// Brings the replica to a whole point: delivers what was written and not delivered, applies
    /// what was delivered and not applied, and puts away what can be neither.
    func settle(_ protection: Protection) async throws -> Protection {
        try requireReplica(protection)
        var protection = try await endAbandonedTest(protection)
        let side = try await replicaSide(protection)
        try await deliver(protection.nextLog, protection)
        try await blocking { [protection] in try side.sweep(protection) }
        while try await hasNext(protection, side) {
            protection = try await applyNext(protection, side, nil, nil)
        }
        try await dropSentLogs(protection)
        protection = try await takeBack(protection, side)
        protection = try await checkStamps(protection, side)
        // A copy on external media is sent and not applied, wherever it is.
        guard protection.isSentOutdated, protection.terms.exportedAt == nil else {
            return protection
        }
        protection.isSentOutdated = false
        return try await save(protection, after: nil)
    }

    /// On its way between two points, or with a guest that writes, the replica's disks are no
    /// point's: what would bring them to one would spoil them.
    func requireReplica(_ protection: Protection) throws(Failure) {
        let moving: [ProtectionState] = [
            .failingOver, .failingBack, .failedOverWaitingCompletion, .failedOver,
        ]
        guard moving.contains(protection.state) else { return }
        throw Failure(
            .transitionRefused,
            "\(protection.replica) is no replica now, for \(protection.key) is "
                + "\(protection.state.rawValue); finish the failover with `muster failover`, or "
                + "turn the direction round with `muster reverse`, first",
            context: ["vm": protection.key, "state": protection.state.rawValue])
    }

    /// Applies the log that follows; the record holds the new point when this returns. A log that
    /// is refused or damaged is put away: its blocks are in the next cut again, for its cut was
    /// never acknowledged.
    func applyNext(
        _ protection: Protection, _ side: ReplicaSide, _ cost: CycleCost?, _ request: CycleRequest?
    ) async throws -> Protection {
        let path = side.folder.receivedLog(protection.nextLog)
        do {
            let checked = try await checkStamps(protection, side)
            try await proveBase(checked, side)
            let opening = try opening(of: checked)
            let log = try await blocking { [files] in
                try ReplicationLog(path, files: files, opening: opening)
            }
            let application = try await blocking { try side.forward(log, checked) }
            try await keepOnward(path, named: log.header.name, checked)
            var next = checked.holding(log)
            if let cost {
                if let previous = checked.points.last?.cutAt {
                    next.service.count(
                        since: previous, now: cost.now.now, rpo: next.rpo)
                }
                next.statistics.succeed(
                    cutAt: cost.cutAt, now: cost.now.now, bytes: cost.bytes, changed: cost.changed)
            }
            if let request {
                next.note(request.verb, key: request.operation, point: log.header.sequence)
            }
            let done = try await run(application, order, next, side)
            try await blocking { [mergeOrder] in
                try side.sweep(done)
                try side.thin(done, mergeOrder)
            }
            return done
        } catch let failure as Failure
            where [.logDamaged, .logRefused].contains(failure.code)
        {
            try await discard(path, protection, side)
            throw failure
        }
    }

    /// Runs the steps in their order; `next` is what the ledger holds afterwards.
    func run(
        _ application: LogApplication, _ steps: [ApplyStep], _ next: Protection,
        _ side: ReplicaSide
    ) async throws -> Protection {
        var next = next
        for part in steps.split(separator: .recordPoint, omittingEmptySubsequences: false)
            .enumerated()
        {
            if part.offset > 0 {
                // Asked after the disks are synced: these are the stamps that are durable.
                next.replicaStamps = try await blocking { try side.stamps() }
                let roots = try await blocking { [next] in try side.roots(next) }
                next.noteRoots(roots)
                try await ledger.save(next)
            }
            let steps = Array(part.element)
            try await blocking { try application.perform(steps) }
        }
        return next
    }

    private func hasNext(
        _ protection: Protection, _ side: ReplicaSide
    ) async throws -> Bool {
        try await blocking {
            let waiting = try side.waiting(protection)
            guard let first = waiting.first else { return false }
            if first == protection.nextLog { return true }
            let path = side.folder.receivedLog(first)
            try side.discard(path, in: side.folder.inbox)
            throw Failure(
                .logRefused,
                "\(path) does not follow what the replica holds, point "
                    + "\(protection.appliedSequence): the logs between are missing",
                context: ["file": path, "vm": protection.vm])
        }
    }

    private func discard(
        _ path: String, _ protection: Protection, _ side: ReplicaSide
    ) async throws {
        let outbox = layout.folder(of: protection, at: protection.primary.site)
        try await blocking { [files] in
            // The log at the sender may be the same file under another name.
            try files.remove(outbox.sentLog(protection.nextLog))
            try side.discard(path, in: side.folder.inbox)
            // Without a way back the hashes may be ahead of disks that were half written.
            if protection.points.isEmpty { try side.forgetHashes() }
        }
    }

    /// What was received and not applied is given up, at both sides.
    func putAwayWaitingLogs(_ protection: Protection) async throws {
        let side = try await replicaSide(protection)
        let sent = layout.folder(of: protection, at: protection.primary.site).sentLog(
            protection.nextLog)
        try await blocking { [files] in
            try files.remove(sent)
            for name in try side.waiting(protection) {
                try side.discard(side.folder.receivedLog(name), in: side.folder.inbox)
            }
        }
    }

    /// Takes back an application that was begun and whose log is gone. Its undo log goes when the
    /// record has the stamps of now; until then it says that the disks may be half written.
    private func takeBack(
        _ protection: Protection, _ side: ReplicaSide
    ) async throws -> Protection {
        guard try await blocking({ try side.isHalfApplied(protection) }) else { return protection }
        let path = side.folder.undoLog(protection.nextLog)
        var whole = protection
        do {
            try await blocking { try side.rollBack(protection) }
            whole.replicaStamps = try await blocking { try side.stamps() }
        } catch let failure as Failure where failure.code == .logDamaged {
            try await distrust(protection, side)
            try await blocking { try side.discard(path, in: side.folder.undo) }
            throw failure
        }
        try await ledger.save(whole)
        try await blocking { try side.discard(path, in: side.folder.undo) }
        return whole
    }

    /// Did somebody else write to the replica? While an application is half done nobody can tell.
    func checkStamps(_ protection: Protection, _ side: ReplicaSide) async throws -> Protection {
        guard !protection.replicaStamps.isEmpty else { return protection }
        let isForeign = try await blocking {
            try !side.isHalfApplied(protection) && side.stamps() != protection.replicaStamps
        }
        guard isForeign else { return protection }
        try await distrust(protection, side)
        throw Failure(
            .replicaChanged,
            "somebody other than replication wrote to the disks of \(protection.replica); the next "
                + "cycle compares all blocks and sends those that differ",
            context: ["vm": protection.vm, "site": protection.replica.site])
    }

    /// Nothing is known of the replica's disks any more, and its older points, which were laid over
    /// them, are gone: a resync is due.
    func distrust(_ protection: Protection, _ side: ReplicaSide) async throws {
        // In this order: a record that waits for a resync must find neither hashes of before nor a
        // log that would pass for it.
        try await putAwayWaitingLogs(protection)
        try await requireOnwardResync(protection)
        try await blocking { try side.forgetHashes() }
        var changed = protection
        changed.points = []
        changed.replicaStamps = []
        changed.state = changed.state.afterDistrust
        if changed.state == .waitingForResync { changed.failover = nil }
        let left =
            changed.failover == nil
            ? try await leaving(changed.replica, for: changed.primary) : []
        try await ledger.save(changed, moving: left)
    }
}

extension ProtectionState {
    fileprivate var afterDistrust: Self {
        let events: [Event] = [.resyncRequired, .resyncInterrupted, .failoverGivenUp]
        for event in events {
            if let next = try? after(event) { return next }
        }
        return self
    }
}

extension Protection {
    /// The latest point learns the roots of the disks, if it is what they hold.
    fileprivate mutating func noteRoots(_ roots: [String]) {
        guard let last = points.indices.last, points[last].sequence == appliedSequence,
            points[last].roots.isEmpty
        else { return }
        points[last].roots = roots
    }

    /// The record once the replica holds the log's point.
    fileprivate func holding(_ log: ReplicationLog) -> Protection {
        var next = self
        next.appliedSequence = log.header.sequence
        next.sentSequence = max(sentSequence, log.header.sequence)
        next.latestLogHash = log.hash.description
        next.blockBytes = log.header.blockBytes
        next.append(log.header.point)
        next.consistency.note(log.header.point)
        next.statistics.lastCutAt = log.header.cutAt
        next.terms.exportedAt = nil
        switch state {
        // Ready again: a copy that was interrupted, and had arrived.
        case .readyForInitialReplication, .initialReplication, .resyncing:
            next.state = isSentOutdated ? .waitingForResync : .replicating
        case .error: next.state = .replicating
        default: break
        }
        return next
    }
}
