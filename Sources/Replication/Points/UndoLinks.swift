// The undo logs of a replica as links of a chain, and which of them are merged. A thinned point
// leaves its link behind: the way back leads through it until it is merged with its neighbours.
//
//     points      3 ─────────────── 6 ──────────── 9        kept: 3, 6, 9
//     links       3 ◀─4─5─ (merged) 6 ◀── 7 ◀─ 8 ◀─ 9
//                 closed gap          open gap: ends at the latest point
//
// A closed gap becomes one link. In the open one, which grows with every cycle, a row of young
// links is merged when there are too many, and only together with an older one that is not much
// larger: so a block is written again a few times an hour, however short the cycles are.
import Fabric
import Model

/// One undo log: from which point it leads back to which.
struct UndoLink: Sendable, Hashable {
    var from: Int
    var to: Int
    var bytes: Int64
}

extension ReplicaSide {
    /// The links from the disks back to the oldest point; raises `replication.log_damaged`.
    func undoLinks(_ protection: Protection) throws -> [UndoLink] {
        var links: [UndoLink] = []
        var place = protection.appliedSequence
        let oldest = protection.points.first?.sequence ?? place
        while place > oldest {
            let path = folder.undoLog(
                LogName(generation: protection.generation, sequence: place))
            let header = try ReplicationLog.header(of: path, files: files)
            guard header.baseSequence == place, (oldest..<place).contains(header.sequence) else {
                throw LogDamage(path: path).at(0, "it does not lead from point \(place) back")
            }
            let bytes = try files.stamp(path)?.size ?? 0
            links.append(UndoLink(from: place, to: header.sequence, bytes: bytes))
            place = header.sequence
        }
        return links
    }
}

extension [UndoLink] {
    /// The rows of links that are merged now, each in the order from the disks; `kept` are the
    /// sequences of the points.
    func rowsToMerge(keeping kept: Set<Int>) -> [[UndoLink]] {
        gaps(keeping: kept).enumerated().compactMap { number, gap in
            let row = number == 0 ? gap.youngRow : gap
            return row.count > 1 ? row : nil
        }
    }

    /// The links between two neighbouring points, the gap at the latest point first.
    private func gaps(keeping kept: Set<Int>) -> [[UndoLink]] {
        var gaps: [[UndoLink]] = []
        var gap: [UndoLink] = []
        for link in self {
            gap.append(link)
            guard kept.contains(link.to) else { continue }
            gaps.append(gap)
            gap = []
        }
        return gaps
    }

    /// Of an open gap: the youngest links, up to the oldest that is at most half of all before it.
    private var youngRow: [UndoLink] {
        guard count > Limits.undoLinksMax else { return [] }
        var row = 2
        var bytes = self[0].bytes
        for number in 1..<count {
            if self[number].bytes <= bytes / 2 { row = Swift.max(row, number + 1) }
            bytes += self[number].bytes
        }
        return Array(self[..<row])
    }
}
