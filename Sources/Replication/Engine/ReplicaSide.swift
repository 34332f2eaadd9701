// One replica's disks and logs, in the hands of one operation. Blocks; everything here may be done
// again after a death, and finds what was finished and what was not.
import Fabric
import Model

struct ReplicaSide: Sendable {
    let folder: MachineFolder
    let disks: [ProtectedDisk]
    /// The images, in the order of `disks`.
    let images: [String]
    let files: any FileSystem
    let workers: Int

    func stamps() throws -> [ImageStamp] {
        try zip(disks, images).map { disk, path in
            guard let stamp = try files.stamp(path) else {
                throw Failure(
                    .protectedDiskMissing,
                    "the image of \(disk.name) is not at \(path) any more; bring it back, or "
                        + "remove the protection and protect the machine again",
                    context: ["disk": disk.name, "path": path])
            }
            guard stamp.size == disk.size.bytes else {
                throw Failure(
                    .sizeChanged,
                    "\(path) has \(stamp.size) bytes instead of \(disk.size.bytes); remove the "
                        + "protection and protect the machine again",
                    context: ["disk": disk.name, "path": path])
            }
            return stamp
        }
    }

    // Hashes

    func identity(_ disk: Int, _ protection: Protection) -> HashFile.Identity {
        HashFile.Identity(
            generation: protection.generation, blockBytes: protection.blockBytes,
            diskBytes: disks[disk].size.bytes)
    }

    /// The hash files that say what the disks hold; nil where there is none.
    func validHashFiles(_ protection: Protection) throws -> [String?] {
        try disks.indices.map { disk in
            let path = folder.hashFile(of: disks[disk].name)
            let isValid = try HashFile.isValid(path, identity(disk, protection), files: files)
            return isValid ? path : nil
        }
    }

    /// The hashes to compare a cut of everything with.
    func comparable(_ protection: Protection) throws -> [[BlockHash]] {
        if protection.isReplicaDoubted { try forgetHashes() }
        return try hashes(protection)
    }

    /// The hashes of all blocks; what no hash file knows is read from the disk.
    func hashes(_ protection: Protection) throws -> [[BlockHash]] {
        let valid = try validHashFiles(protection)
        return try disks.indices.map { disk in
            let identity = identity(disk, protection)
            if let path = valid[disk], let kept = try read(path, identity) { return kept }
            let hashes = try DiskScan(files: files, workers: workers)
                .hashes(of: images[disk], identity)
            try keep(hashes, of: disk, identity)
            return hashes
        }
    }

    /// nil when the file is damaged: the disk knows better.
    func read(_ path: String, _ identity: HashFile.Identity) throws -> [BlockHash]? {
        do {
            return try HashFile.read(path, identity, files: files)
        } catch let failure as Failure where failure.code == .logDamaged {
            return nil
        }
    }

    /// Copies what differs straight onto disks that hold no point yet; durable when it returns, and
    /// the hashes with it. A death in its middle is found as disks without hashes: what was copied
    /// is recognised and not copied again. Returns the bytes written.
    func seed(_ sources: [LogSource], _ protection: Protection) throws -> Int64 {
        precondition(protection.points.isEmpty, "a point can be written over by its log only")
        try forgetHashes()
        var copied: Int64 = 0
        for (disk, source) in sources.enumerated() {
            let identity = identity(disk, protection)
            let image = try files.open(images[disk], .stream)
            let pass = BlockPass(
                source, blocks: identity.blocks, blockBytes: identity.blockBytes, target: image)
            let result = try pass.run(workers: workers)
            try image.sync()
            try keep(result.hashes, of: disk, identity)
            copied += result.copied
        }
        return copied
    }

    private func keep(
        _ hashes: [BlockHash], of disk: Int, _ identity: HashFile.Identity
    ) throws {
        try HashFile.create(
            folder.hashFile(of: disks[disk].name), in: folder.hashes, identity, hashes,
            files: files)
    }

    /// The roots of the disks' hash trees; empty when one of them has no valid hash file.
    func roots(_ protection: Protection) throws -> [String] {
        let valid = try validHashFiles(protection)
        guard !valid.contains(nil) else { return [] }
        return try valid.compactMap(\.self).enumerated().map { disk, path in
            try HashFile.root(path, identity(disk, protection), files: files).description
        }
    }

    /// Nothing is known of the disks any more; durable when it returns.
    func forgetHashes() throws {
        for disk in disks { try files.remove(folder.hashFile(of: disk.name)) }
        if try files.stamp(folder.hashes) != nil { try files.syncFolder(folder.hashes) }
    }

    // Logs

    /// The received logs that wait to be applied, in order.
    func waiting(_ protection: Protection) throws -> [LogName] {
        try logs(in: folder.inbox, ending: ".log")
            .filter { $0.generation == protection.generation }
            .filter { $0.sequence > protection.appliedSequence }
    }

    /// Was the application of the next log begun? Its way back is kept before the first write.
    func isHalfApplied(_ protection: Protection) throws -> Bool {
        try files.stamp(folder.undoLog(protection.nextLog)) != nil
    }

    /// The undo logs there are, needed or not.
    func undoLogs() throws -> [LogName] { try logs(in: folder.undo, ending: ".undo") }

    /// The logs that lead forward after going back, in order.
    func redoLogs() throws -> [LogName] { try logs(in: folder.undo, ending: ".redo") }

    private func logs(in path: String, ending: String) throws -> [LogName] {
        try files.names(in: path)
            .filter { $0.hasSuffix(ending) }
            .compactMap { LogName(text: $0.dropLast(ending.count)) }
    }

    /// Puts a log away that is worth nothing.
    func discard(_ path: String, in folder: String) throws {
        try files.remove(path)
        try files.syncFolder(folder)
    }

    /// Deletes what nobody will ask for: unfinished files, logs of older generations, undo logs
    /// behind the oldest point, and logs that lead forward once no other point may be chosen.
    func sweep(_ protection: Protection) throws {
        let oldest = protection.points.first?.sequence ?? protection.appliedSequence
        let isOver = protection.state == .failedOver
        try sweep(folder.undo) { name, ending in
            guard name.generation == protection.generation, !isOver else { return false }
            if ending == "redo" { return protection.failover != nil }
            return ending == "undo" && name.sequence > oldest
        }
        try sweep(folder.inbox) { name, _ in
            name.generation >= protection.generation
                && (name.generation, name.sequence)
                    > (protection.generation, protection.appliedSequence)
        }
    }

    private func sweep(_ folder: String, keeps: (LogName, Substring) -> Bool) throws {
        for file in try files.names(in: folder) {
            let parts = file.split(separator: ".", maxSplits: 1)
            if let name = parts.first.flatMap({ LogName(text: $0) }), parts.count == 2,
                keeps(name, parts[1])
            {
                continue
            }
            try files.remove("\(folder)/\(file)")
        }
    }
}

extension Protection {
    /// The name of the log that follows what the replica holds.
    var nextLog: LogName { LogName(generation: generation, sequence: appliedSequence + 1) }
}
