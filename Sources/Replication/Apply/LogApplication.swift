// Brings one log onto the disks it speaks of, and keeps the way back. The order is `ApplyStep`'s.
import Fabric
import Model

struct LogApplication: Sendable {
    /// Where the way back is kept, and what it says of itself.
    struct Inverse: Sendable {
        var path: String
        var folder: String
        var header: LogHeader
        /// What is done about one that is there and damaged.
        var damaged = Damaged.raised
    }

    enum Damaged: Sendable {
        /// It may be the only way to a whole point.
        case raised
        /// The disks hold the point they are said to.
        case madeAgain
        /// The log leads to a whole point; from there is no way forward.
        case doneWithout
    }

    let log: ReplicationLog
    /// The folder in which the log stands.
    let folder: String
    /// Going back keeps the log it used, so that one can go forward again.
    let dropsLog: Bool
    /// nil when there is no point to go back to.
    let inverse: Inverse?
    /// The images, in the order of the header's disks.
    let images: [String]
    /// The hash files that are valid, in the same order.
    let hashFiles: [String?]
    let files: any FileSystem
    let workers: Int

    /// Performs steps of one side of `recordPoint`, which is the caller's.
    func perform(_ steps: some Sequence<ApplyStep>) throws {
        var hasInverse = inverse == nil
        for step in steps {
            switch step {
            case .syncLog: try syncLog()
            case .verifyLog: try log.verify(workers: workers)
            case .reuseInverse: hasInverse = try hasInverse || hasWholeInverse()
            case .writeInverse: if !hasInverse { try writeInverse() }
            case .syncInverse: if !hasInverse { try syncInverse() }
            case .nameInverse: if !hasInverse { try nameInverse() }
            case .writeDisks: try DiskWriter(self).write()
            case .syncDisks: try syncDisks()
            case .recordPoint: preconditionFailure("the point is recorded by the caller")
            case .dropLog: if dropsLog { try dropLog() }
            }
        }
    }

    private func syncLog() throws {
        try files.open(log.path, .read).sync()
        try files.syncFolder(folder)
    }

    /// A damaged inverse is not replaced while the disks may be half written: one made of them
    /// would lead nowhere.
    private func hasWholeInverse() throws -> Bool {
        guard let inverse else { return true }
        do {
            return try isWhole(inverse)
        } catch let failure as Failure where failure.code == .logDamaged {
            switch inverse.damaged {
            case .raised: throw failure
            case .madeAgain: return false
            case .doneWithout: return true
            }
        }
    }

    private func isWhole(_ inverse: Inverse) throws -> Bool {
        guard try files.stamp(inverse.path) != nil else { return false }
        let kept = try ReplicationLog(inverse.path, files: files)
        try kept.verify(workers: workers)
        guard kept.header == inverse.header, kept.records.count == log.records.count else {
            throw LogDamage(path: inverse.path).at(0, "it is the way back of another log")
        }
        // Whoever named it may have died before the name was durable.
        try files.syncFolder(inverse.folder)
        return true
    }

    private func writeInverse() throws {
        guard let inverse else { return }
        try files.makeFolder(inverse.folder)
        let sources = try images.enumerated().map { number, path in
            let image = try files.open(path, .read)
            return LogSource(
                size: log.header.disks[number].size.bytes, extents: log.extents(of: number),
                read: { offset, buffer in try image.fill(buffer, at: offset) })
        }
        let writer = LogWriter(files: files, workers: workers)
        do {
            _ = try writer.write(inverse.header, sources, to: inverse.path + ".part")
        } catch {
            // A full disk must not stay full of what is worth nothing; the first error is the one
            // to tell.
            try? files.remove(inverse.path + ".part")
            throw error
        }
    }

    private func syncInverse() throws {
        guard let inverse else { return }
        try files.open(inverse.path + ".part", .write).sync()
    }

    private func nameInverse() throws {
        guard let inverse else { return }
        try files.rename(inverse.path + ".part", to: inverse.path)
        try files.syncFolder(inverse.folder)
    }

    private func syncDisks() throws {
        for path in images { try files.open(path, .write).sync() }
        for case let path? in hashFiles { try files.open(path, .write).sync() }
    }

    private func dropLog() throws {
        try files.remove(log.path)
        try files.syncFolder(folder)
    }
}

extension ReplicationLog {
    /// The blocks of a disk that this log holds, neighbours joined.
    func extents(of disk: Int) -> [Range<BlockIndex>] {
        var extents: [Range<BlockIndex>] = []
        for record in records where record.disk == UInt32(disk) {
            let block = BlockIndex(record.offset) / header.blockBytes
            if let last = extents.last, last.upperBound == block {
                extents[extents.count - 1] = last.lowerBound..<block + 1
            } else {
                extents.append(block..<block + 1)
            }
        }
        return extents
    }
}

extension DurableFile {
    /// Fills the buffer; what lies beyond the end of the file is zeros.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws {
        let count = try read(into: buffer, at: offset)
        UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            .initializeMemory(as: UInt8.self, repeating: 0)
    }
}
