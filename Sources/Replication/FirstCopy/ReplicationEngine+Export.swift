// The first copy on external media: written at the primary, carried, applied at the replica.
// From the instant of the export on the primary's writes are kept in mind, and travel as a delta
// once the copy was taken in.
//
//     export  cut of everything ─▶ log and manifest durable ─▶ record: exported at, stamps
//                               ─▶ the cut is acknowledged
//     import  manifest and log are the record's ─▶ inbox ─▶ applied like any log ─▶ replicating
//
// A death between record and acknowledgement leaves a cut that counts as failed: the cycle after
// the import compares. A copy that never arrives is given up by asking for one over the network.
import Fabric
import Model

extension ReplicationEngine {
    /// Writes the first copy into a folder; the protection is in `initial-replication` until the
    /// copy is imported. Repeated, it is made anew and the earlier one is worth nothing.
    package func export(
        _ vm: String, to folder: String, operation: String? = nil
    ) async throws -> ExportManifest {
        let media = ExportFolder(path: folder, files: files)
        return try await perform(
            vm, operation, done: { _, _ in try media.manifest() }
        ) { protection in
            _ = try await stoppable(vm) {
                try await noting(vm) { try await export(protection, to: media, operation) }
            }
            return try await blocking { try media.manifest() }
        }
    }

    private func export(
        _ protection: Protection, to media: ExportFolder, _ operation: String?
    ) async throws -> Protection {
        try await requireWholeUpstream(protection)
        var protection = protection
        if protection.state != .initialReplication {
            protection = try await save(protection, after: .firstCopyStarted)
        }
        protection = try await settle(try await forgetExport(protection))
        // A copy that had arrived when it died has just been finished.
        _ = try protection.state.after(.firstCopyFinished)
        let source = try await changeSource(of: protection)
        let (cutAt, _) = try await instant(of: protection)
        let cut = try await blocking { try source.cut(everything: true) }
        do {
            let exported = try await write(cut, cutAt, protection, to: media)
            try await save(exported, after: nil, verb: "export", operation: operation)
            try await blocking { try source.acknowledge(cut.token) }
            return exported
        } catch {
            try? await blocking { try source.fail(cut.token) }
            throw error
        }
    }

    private func write(
        _ cut: Cut, _ cutAt: Timestamp, _ protection: Protection, to media: ExportFolder
    ) async throws -> Protection {
        var exported = try protection.adopting(cut)
        let side = try await replicaSide(exported)
        let transfer = transfers.current(exported.key)
        transfer?.expect(exported.bytes(of: cut))
        let (header, seal) = try sealed(exported.header(of: CutMark(cutAt: cutAt)), exported)
        let writer = LogWriter(files: files, workers: workers, seal: seal)
        exported.terms.exportedAt = cutAt
        exported.replicaStamps = try await blocking { [exported] in
            let known = try side.hashes(exported)
            let sources = try LogSource.make(cut, exported.disks, known: known)
                .map { $0.read(for: transfer) }
            _ = try media.write(header, sources, exported, writer)
            return try side.stamps()
        }
        return exported
    }

    /// Takes an exported first copy in; the protection is `replicating` afterwards, or waits for a
    /// resync when the replica it was exported from was failed over meanwhile. Raises
    /// `replication.media_refused` when the folder does not hold what was exported last, and
    /// `replication.log_damaged` when a block of it is not what was written.
    package func importCopy(
        _ vm: String, from folder: String, operation: String? = nil
    ) async throws -> RecoveryPoint {
        let media = ExportFolder(path: folder, files: files)
        return try await perform(
            vm, operation, done: { try $0.point(of: $1) }
        ) { protection in
            // A copy that had arrived when the import died needs no folder any more.
            let settled = try await noting(vm) { try await settle(protection) }
            if !settled.points.isEmpty, protection.state == .initialReplication {
                return try await save(
                    settled, after: nil, verb: "importCopy", operation: operation
                ).latestPoint()
            }
            _ = try settled.state.after(.firstCopyFinished)
            try await blocking { try media.check(settled) }
            let side = try await replicaSide(settled)
            var taking = try await checkStamps(settled, side)
            // Half an import must not look like somebody else's writing.
            taking.replicaStamps = []
            taking = try await save(taking, after: nil)
            try await blocking { [taking] in try side.receive(media.logPath, taking) }
            let request = CycleRequest(everything: true, verb: "importCopy", operation: operation)
            return try await applyNext(taking, side, nil, request).latestPoint()
        }
    }

    /// A copy over the network begins: one on external media is worth nothing any more.
    func forgetExport(_ protection: Protection) async throws -> Protection {
        guard protection.terms.exportedAt != nil else { return protection }
        var forgotten = protection
        forgotten.terms.exportedAt = nil
        forgotten.replicaStamps = []
        return try await save(forgotten, after: nil)
    }
}

extension ReplicaSide {
    /// Puts a log that came by another way into the inbox, durably.
    fileprivate func receive(_ log: String, _ protection: Protection) throws {
        let target = folder.receivedLog(protection.nextLog)
        try files.makeFolder(folder.inbox)
        try files.link(log, to: target + ".part")
        try files.rename(target + ".part", to: target)
        try files.syncFolder(folder.inbox)
    }
}
