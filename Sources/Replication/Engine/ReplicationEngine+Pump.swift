// One cycle, once the replica is settled.
import Fabric
import Model

extension ReplicationEngine {
    /// Sends one point; the record says so when this returns.
    /// When comparing is better than the delta, or the only thing that is right, the cut is given
    /// back and a resync follows.
    func cycle(_ protection: Protection, _ request: CycleRequest) async throws -> Protection {
        try await checkAdmission(protection)
        let open = try await cut(protection, request)
        let isOwing = try await isOwingSince(protection)
        if !request.everything, isOwing || protection.needsResync(open.cut) {
            await fail(open)
            return try await resync(
                try await save(protection, after: .resyncRequired), request)
        }
        return try await finish(protection, open, request)
    }

    /// The replica from which an extended one is fed is settled by the cut; a resync may be due
    /// since.
    private func isOwingSince(_ protection: Protection) async throws -> Bool {
        guard protection.terms.relationship == .extended else { return false }
        let found = try await ledger.protection(of: protection.key)
        return found?.state == .waitingForResync
    }

    /// Brings an open cut to the replica; it has ended when this returns or raises.
    func finish(
        _ protection: Protection, _ open: OpenCut, _ request: CycleRequest
    ) async throws -> Protection {
        do {
            let done = try await send(protection, open.cut, open.mark, request)
            try await blocking { try open.source.acknowledge(open.cut.token) }
            try await dropSentLogs(done)
            return done
        } catch {
            await fail(open)
            throw error
        }
    }

    private func send(
        _ protection: Protection, _ cut: Cut, _ mark: CutMark, _ request: CycleRequest
    ) async throws -> Protection {
        var protection = try protection.adopting(cut)
        let side = try await replicaSide(protection)
        protection.sentSequence = protection.appliedSequence + 1
        let (plain, files, workers) = (protection, files, workers)
        let (header, seal) = try sealed(plain.header(of: mark), plain)
        let folder = layout.folder(of: protection, at: protection.primary.site)
        let transfer = transfers.current(protection.key)
        transfer?.expect(plain.bytes(of: cut))
        let isSeeded =
            protection.state == .initialReplication && reachesImages(of: protection)
        let write: @Sendable () throws -> SentLog = {
            let known = cut.coverage == .delta ? nil : try side.comparable(plain)
            var sources = try LogSource.make(cut, plain.disks, known: known)
                .map { $0.read(for: transfer) }
            let seeded = isSeeded ? try side.seed(sources.sealed(seal), plain) : 0
            if isSeeded { sources = sources.map(\.empty) }
            var log = try SentLog.write(
                header, sources, folder, LogWriter(files: files, workers: workers, seal: seal))
            log.bytes += seeded
            return log
        }
        // What goes straight onto the images crosses while the log is written.
        let log =
            isSeeded
            ? try await bounds.slots.holding { try await blocking(write) }
            : try await blocking(write)
        try await deliver(header.name, protection)
        if cut.coverage != .delta { protection.isReplicaDoubted = false }
        let cost = CycleCost(
            cutAt: mark.cutAt, bytes: log.bytes,
            changed: cut.coverage == .delta ? plain.bytes(of: cut) : 0, now: clock)
        return try await applyNext(protection, side, cost, request)
    }

    /// Logs whose points the replica holds are worth nothing at the sender.
    func dropSentLogs(_ protection: Protection) async throws {
        let folder = layout.folder(of: protection, at: protection.primary.site).outbox
        try await blocking { [files] in
            for name in try files.names(in: folder) where !protection.isWaiting(name) {
                try files.remove("\(folder)/\(name)")
            }
        }
    }

    /// Runs a cycle and what goes before it; a failure is noted in the record and raised.
    func noting(
        _ vm: String, _ body: () async throws -> Protection
    ) async throws -> Protection {
        do {
            return try await body()
        } catch {
            let failure = Failure(error, as: .fileSystem)
            let isNoted = ![.transitionRefused, .resyncDeferred].contains(failure.code)
            if isNoted, var failed = try await ledger.protection(of: vm) {
                let isStopped = failure.code == .transferStopped
                if !isStopped { failed.statistics.fail(failure, now: clock.now) }
                failed.state = failed.state.afterFailedCycle(isStopped: isStopped)
                try await ledger.save(failed)
            }
            throw failure
        }
    }
}

extension ProtectionState {
    /// Where a cycle that failed, or was stopped by somebody, leaves the protection; the next one
    /// begins there.
    fileprivate func afterFailedCycle(isStopped: Bool) -> Self {
        let interrupted: [Event] = [.firstCopyInterrupted, .resyncInterrupted]
        let events = isStopped ? interrupted : [.cycleFailed] + interrupted
        for event in events {
            if let next = try? after(event) { return next }
        }
        return self
    }
}

extension Protection {
    /// more than half of the disks, all together, is pending, or the record of writes was
    /// lost: by an unclean end, or by a change behind our back.
    fileprivate func needsResync(_ cut: Cut) -> Bool {
        guard (try? state.after(.resyncRequired)) != nil else { return false }
        if cut.coverage == .recordLost { return true }
        return bytes(of: cut) * 2 > disks.reduce(0) { $0 + $1.size.bytes }
    }

    /// The bytes of the blocks that a cut holds of the protected disks.
    func bytes(of cut: Cut) -> Int64 {
        let names = Set(disks.map(\.name))
        return cut.disks.filter { names.contains($0.name) }
            .reduce(0) { sum, disk in
                let blocks = disk.extents.reduce(0) { $0 + $1.count }
                return sum + min(Int64(blocks) * Int64(cut.blockBytes), disk.size.bytes)
            }
    }

    /// The protection with what the first cut of a generation tells; raises when the disks are not
    /// those that are protected.
    func adopting(_ cut: Cut) throws -> Protection {
        for disk in disks {
            guard let found = cut.disks.first(where: { $0.name == disk.name }) else {
                throw Failure(
                    .protectedDiskMissing,
                    "\(disk.name) of \(primary) is protected and is not there any more; bring it "
                        + "back, or remove the protection and protect the machine again",
                    context: ["vm": vm, "disk": disk.name])
            }
            guard found.size == disk.size else {
                throw Failure(
                    .sizeChanged,
                    "\(disk.name) of \(primary) has \(found.size.bytes) bytes instead of "
                        + "\(disk.size.bytes); `muster reprotect \(vm)` takes that over",
                    context: ["vm": vm, "disk": disk.name])
            }
        }
        var adopted = self
        adopted.blockBytes = cut.blockBytes
        return adopted
    }

    func header(of mark: CutMark) -> LogHeader {
        var header = LogHeader(
            direction: .forward, pointKind: mark.kind, codec: isCompressed ? .zstd : .none,
            blockBytes: blockBytes, vm: vm, generation: generation, sequence: appliedSequence + 1,
            baseSequence: appliedSequence, cutAt: mark.cutAt,
            previous: BlockHash(text: latestLogHash), disks: disks, version: agreement.version)
        header.group = mark.group
        header.warning = mark.warning
        return header
    }

    /// Is a file of the outbox a log that the replica has not applied?
    fileprivate func isWaiting(_ file: String) -> Bool {
        guard file.hasSuffix(".log"), let name = LogName(text: file.dropLast(4)) else {
            return false
        }
        return name.generation == generation && name.sequence > appliedSequence
    }
}

extension LogSource {
    /// The protected disks of a cut. With the replica's hashes: all blocks either side holds, of
    /// which the equal ones are left out when they are read.
    static func make(
        _ cut: Cut, _ disks: [ProtectedDisk], known: [[BlockHash]]?
    ) throws -> [LogSource] {
        disks.enumerated().compactMap { number, disk in
            guard let found = cut.disks.first(where: { $0.name == disk.name }) else { return nil }
            let hashes = known?[number]
            let extents = hashes.map { BlockExtents(found.extents, joinedWith: $0).ranges }
            return LogSource(
                size: disk.size.bytes, extents: extents ?? found.extents, read: found.read,
                known: hashes)
        }
    }
}

/// A log in the outbox, durable.
struct SentLog: Sendable {
    let path: String
    var bytes: Int64

    static func write(
        _ header: LogHeader, _ sources: [LogSource], _ folder: MachineFolder,
        _ writer: LogWriter
    ) throws -> SentLog {
        let files = writer.files
        try files.makeFolder(folder.outbox)
        let path = folder.sentLog(header.name)
        do {
            let written = try writer.write(header, sources, to: path + ".part")
            try writer.publish(path + ".part", as: path, in: folder.outbox)
            return SentLog(path: path, bytes: written.bytes)
        } catch {
            // A full disk must not stay full of what is worth nothing.
            try? files.remove(path + ".part")
            throw error
        }
    }
}
