// Makes one undo log of neighbouring ones: of a block that several hold, the older wins, for it
// leads further back. What must stay true: the log under the youngest name leads to a point that is
// reached from there, before and after; the others go when nobody needs them any more. `MergeStep`
// is the order as data, so that a test can plant a wrong one.
import Fabric
import Model

enum MergeStep: String, Sendable, Hashable, CaseIterable {
    /// The union of the logs, under a name that is worth nothing.
    case writeMerged
    case syncMerged
    /// In the place of the youngest; from here on the way skips the others.
    case nameMerged
    /// A removal must not be found without the name that makes it right.
    case syncName
    case dropParts

    static let order = allCases
}

struct UndoMerge: Sendable {
    let folder: MachineFolder
    let generation: Int
    /// Neighbours, in the order from the disks.
    let links: [UndoLink]
    let files: any FileSystem
    let workers: Int

    private func path(_ link: UndoLink) -> String {
        folder.undoLog(LogName(generation: generation, sequence: link.from))
    }

    private var part: String { path(links[0]) + ".part" }

    /// Does nothing to a point that can be chosen; raises `files.failed` and
    /// `replication.log_damaged`, and everything is as before.
    func perform(_ steps: [MergeStep]) throws {
        for step in steps {
            switch step {
            case .writeMerged: try writeMerged()
            case .syncMerged: try files.open(part, .write).sync()
            case .nameMerged: try files.rename(part, to: path(links[0]))
            case .syncName: try files.syncFolder(folder.undo)
            case .dropParts: for link in links.dropFirst() { try files.remove(path(link)) }
            }
        }
    }

    private func writeMerged() throws {
        let logs = try links.map { try ReplicationLog(path($0), files: files) }
        let oldest = logs[logs.count - 1].header.point
        let header = logs[0].header.leading(to: oldest.sequence, like: oldest)
        let overlay = LogOverlay(logs, blockBytes: header.blockBytes)
        let sources = header.disks.enumerated().map { number, disk in
            LogSource(size: disk.size.bytes, extents: overlay.extents(of: number)) {
                try overlay.lay(disk: number, at: $0, over: $1)
            }
        }
        do {
            _ = try LogWriter(files: files, workers: workers).write(header, sources, to: part)
        } catch {
            // A full disk must not stay full of what is worth nothing; the first error is the one
            // to tell.
            try? files.remove(part)
            throw error
        }
    }
}

extension ReplicaSide {
    /// Brings the undo logs into accord with the points that are kept. The points do not depend on
    /// it: what cannot be merged now, because the disk is full or a log is damaged, is tried again
    /// after the next cycle, and the damage is told to whoever asks for a point behind it.
    func thin(_ protection: Protection, _ steps: [MergeStep]) throws {
        guard protection.failover == nil else { return }
        do {
            let links = try undoLinks(protection)
            try dropSkipped(links, protection)
            let kept = Set(protection.points.map(\.sequence))
            for row in links.rowsToMerge(keeping: kept) {
                let merge = UndoMerge(
                    folder: folder, generation: protection.generation, links: row, files: files,
                    workers: workers)
                try merge.perform(steps)
            }
        } catch let failure as Failure
            where [.logDamaged, .fileSystem].contains(failure.code)
        {
            return
        }
    }

    /// Removes undo logs that a merged one has made needless and a death left behind.
    private func dropSkipped(_ links: [UndoLink], _ protection: Protection) throws {
        let needed = Set(links.map(\.from))
        for name in try undoLogs() where name.generation == protection.generation {
            guard name.sequence <= protection.appliedSequence, !needed.contains(name.sequence)
            else { continue }
            try files.remove(folder.undoLog(name))
        }
    }
}
