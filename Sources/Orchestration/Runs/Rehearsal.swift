// Goes through a run's journal with a text that it was not made by, performing and writing nothing:
// whether the text asks for the same calls up to where the journal ends (B-3).
import Model

/// Where a rehearsal notes how far each branch was gone through.
final class Rehearsal: Sendable {
    private let entriesRead = Locked<[Branch: Int]>([:])

    func note(_ branch: Branch, read count: Int) {
        entriesRead.withLock { $0[branch] = max($0[branch] ?? 0, count) }
    }

    func entriesRead(of branch: Branch) -> Int { entriesRead.withLock { $0[branch] ?? 0 } }
}
