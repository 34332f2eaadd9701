// Which applications there are: the next log forward, the way back from it, and forward again.
import Fabric
import Model

extension ReplicaSide {
    /// The next received log onto the disks. Raises `replication.log_refused` when it does not
    /// follow.
    func forward(_ log: ReplicationLog, _ protection: Protection) throws -> LogApplication {
        try check(log, protection)
        let inverse = protection.points.last.map { latest in
            LogApplication.Inverse(
                path: folder.undoLog(log.header.name), folder: folder.undo,
                header: log.header.reversed(to: latest, previous: log.hash))
        }
        return try application(log, in: folder.inbox, dropsLog: true, inverse, protection)
    }

    /// From the point the disks hold to the kept one before it, keeping the way forward.
    func stepBack(_ protection: Protection) throws -> (LogApplication, reached: Int) {
        let name = LogName(
            generation: protection.generation, sequence: protection.appliedSequence)
        let undo = try ReplicationLog.onWay(
            folder.undoLog(name), from: name.sequence, files: files)
        let latest = try protection.nextKept(from: name.sequence)
        var inverse = LogApplication.Inverse(
            path: folder.redoLog(name), folder: folder.undo,
            header: undo.header.reversed(to: latest, previous: undo.hash))
        let isUntouched = try stamps() == protection.replicaStamps
        inverse.damaged = isUntouched ? .madeAgain : .doneWithout
        let application = try application(
            undo, in: folder.undo, dropsLog: false, inverse, protection)
        return (application, undo.header.sequence)
    }

    /// From a point that was gone back to, to the one after it. The way back is there already.
    func stepForward(_ protection: Protection) throws -> (LogApplication, reached: Int) {
        let name = try nextRedoLog(protection, after: protection.appliedSequence)
        let redo = try ReplicationLog.onWay(
            folder.redoLog(name), from: protection.appliedSequence, files: files)
        let application = try application(redo, in: folder.undo, dropsLog: false, nil, protection)
        return (application, name.sequence)
    }

    /// The log that leads forward from a point that was gone back to. The way goes point by point,
    /// those included that are kept no more: it is the first of a higher number.
    private func nextRedoLog(
        _ protection: Protection, after sequence: Int
    ) throws -> LogName {
        let names = try redoLogs().filter { $0.generation == protection.generation }
        guard let name = names.first(where: { $0.sequence > sequence }) else {
            throw Failure(
                .pointMissing,
                "there is no way forward from point \(sequence) of \(protection.vm); choose an "
                    + "older one",
                context: ["vm": protection.vm, "point": String(sequence)])
        }
        return name
    }

    /// Takes back an application that was begun and cannot be ended: its log is lost or damaged.
    func rollBack(_ protection: Protection) throws {
        let path = folder.undoLog(protection.nextLog)
        let undo = try ReplicationLog(path, files: files)
        let application = try application(undo, in: folder.undo, dropsLog: true, nil, protection)
        try application.perform([.verifyLog, .writeDisks, .syncDisks])
    }

    /// The log that undoes a step between points that may be half done; nil when there is none
    /// that leads back to what the disks are said to hold.
    func wayBackOfStep(_ protection: Protection) throws -> LogApplication? {
        let place = protection.appliedSequence
        let names =
            try protection.standingFailover.point < place
            ? [folder.redoLog(LogName(generation: protection.generation, sequence: place))]
            : undoLogs()
                .filter { $0.generation == protection.generation && $0.sequence > place }
                .prefix(1).map(folder.undoLog)
        guard let path = names.first, try files.stamp(path) != nil else { return nil }
        let log = try ReplicationLog(path, files: files)
        guard log.header.sequence == place else { return nil }
        return try application(log, in: folder.undo, dropsLog: false, nil, protection)
    }

    private func application(
        _ log: ReplicationLog, in folder: String, dropsLog: Bool,
        _ inverse: LogApplication.Inverse?, _ protection: Protection
    ) throws -> LogApplication {
        var protection = protection
        // The record learns a first log's block size when it is applied, the hash files before.
        protection.blockBytes = log.header.blockBytes
        return LogApplication(
            log: log, folder: folder, dropsLog: dropsLog, inverse: inverse, images: images,
            hashFiles: try validHashFiles(protection), files: files, workers: workers)
    }

    private func check(_ log: ReplicationLog, _ protection: Protection) throws {
        let header = log.header
        let reason: String? =
            if header.vm != protection.vm {
                "it belongs to \(header.vm)"
            } else if header.generation != protection.generation {
                "it is of generation \(header.generation) and the replica of "
                    + "\(protection.generation)"
            } else if header.direction != .forward
                || header.baseSequence != protection.appliedSequence
                || header.previous.description
                    != BlockHash(text: protection.latestLogHash).description
            {
                "it leads from point \(header.baseSequence) to \(header.sequence), and the replica "
                    + "holds point \(protection.appliedSequence)"
            } else if header.disks != protection.disks {
                "its disks are not the replica's"
            } else if header.isSealed != (protection.agreement.encryption != nil) {
                header.isSealed ? "it is sealed, and the replica is not" : "it is not sealed"
            } else {
                nil
            }
        guard let reason else { return }
        throw Failure(
            .logRefused, "\(log.path) does not follow what the replica holds: \(reason)",
            context: ["file": log.path, "vm": protection.vm])
    }
}

extension Protection {
    /// The point of that number, or the first one after it: what a log of the way forward to a
    /// point that is kept no more tells of itself.
    fileprivate func nextKept(from sequence: Int) throws(Failure) -> RecoveryPoint {
        if let next = points.first(where: { $0.sequence >= sequence }) { return next }
        return try RecoveryPointChain.point(sequence, of: self)
    }
}

extension LogHeader {
    /// What the log of the way back to `point` says of itself.
    func reversed(to point: RecoveryPoint, previous hash: BlockHash) -> LogHeader {
        var header = leading(to: baseSequence, like: point)
        header.direction = direction == .forward ? .backward : .forward
        // It crosses nothing, and is written while the replica waits.
        header.codec = .sparse
        // The disks hold sealed blocks, so that it needs no seal of its own, and no key.
        header.wrappedKey = nil
        header.baseSequence = sequence
        header.previous = hash
        return header
    }
}
