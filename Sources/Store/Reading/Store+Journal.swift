// Reading journals back, and proving their chains.
import GRDB
import Model

extension Store {
    /// The entries of a branch whose calls come after `sequence`, in order, at most `limit`.
    /// Raises `run.journal_tampered` when one is missing.
    package func entries(
        of run: RunID, branch: Branch = .main, after sequence: Int = 0, limit: Int = .max
    ) throws -> [JournalEntry] {
        try linkedEntries(of: run, branch: branch, after: sequence, limit: limit).map(\.entry)
    }

    /// All entries of a branch, each with its number in the order in which those of all branches
    /// were written.
    package func numberedEntries(
        of run: RunID, branch: Branch
    ) throws -> [(number: Int64, entry: JournalEntry)] {
        try linkedEntries(of: run, branch: branch, after: 0, limit: .max)
            .map { ($0.number, $0.entry) }
    }

    /// The branches of a run that have journal entries, in the order of their paths.
    package func branches(of run: RunID) throws -> [Branch] {
        try read { db in
            try db.all(
                "SELECT branch FROM journal_end WHERE run = ? ORDER BY branch", .run(run)
            ) { Branch($0.text(0)) }
        }
    }

    /// Where the journal of a branch ends.
    package func journalEnd(of run: RunID, branch: Branch = .main) throws -> JournalEnd {
        try read { db in try db.lastEntry(of: run, branch: branch)?.end ?? .empty }
    }

    /// Walks the chains of a run's journal. Raises `run.journal_tampered` at the first broken link.
    package func verifyJournal(of run: RunID) throws {
        for branch in try branches(of: run) {
            var end = JournalEnd.empty
            let entries = try linkedEntries(of: run, branch: branch, after: 0, limit: .max)
            for (entry, link, _) in entries {
                guard let next = try? end.after(entry), next.link == link else {
                    let what = "the \(entry.kind.rawValue) of \(entry.primitive)"
                    throw Failure(
                        tampered: run, branch, "call \(entry.place.sequence), \(what)")
                }
                end = next
            }
        }
    }

    private typealias LinkedEntry = (entry: JournalEntry, link: JournalLink, number: Int64)

    private func linkedEntries(
        of run: RunID, branch: Branch, after sequence: Int, limit: Int
    ) throws -> [LinkedEntry] {
        try read { db in
            guard let end = try db.lastEntry(of: run, branch: branch)?.end else { return [] }
            let entries = try chain(of: run, branch: branch, after: sequence, limit: limit, in: db)
            let isWhole = zip((2 * sequence + 1)..., entries).allSatisfy { $0 == $1.entry.position }
            guard isWhole, !entries.isEmpty || limit == 0 || end.sequence <= sequence else {
                throw Failure(tampered: run, branch, "an entry after call \(sequence) is missing")
            }
            return entries
        }
    }

    /// Follows the branch from its last entry back to `sequence`.
    private func chain(
        of run: RunID, branch: Branch, after sequence: Int, limit: Int, in db: Database
    ) throws -> [LinkedEntry] {
        try db.all(
            """
            WITH RECURSIVE chain (number, previous, position) AS (
                SELECT journal.number, previous, position
                FROM journal_end JOIN journal ON journal.number = journal_end.number
                WHERE journal_end.run = ?1 AND journal_end.branch = ?2 AND position > ?3
                UNION ALL
                SELECT journal.number, journal.previous, journal.position
                FROM chain JOIN journal ON journal.number = chain.previous
                WHERE chain.previous < chain.number AND journal.position > ?3)
            SELECT position, kind, primitive, payload, at, link, number
            FROM (SELECT number AS entry FROM chain ORDER BY number LIMIT ?4)
            JOIN journal ON number = entry ORDER BY number
            """,
            .run(run), .text(branch.path), .integer(2 * sequence), .integer(limit)
        ) { row in
            guard let kind = JournalEntry.Kind(rawValue: row.text(1)) else {
                throw Failure(tampered: run, branch, "no version wrote kind \(row.text(1))")
            }
            let place = JournalPlace(
                run: run, branch: branch, sequence: Int(row.integer(0) + 1) / 2)
            let entry = JournalEntry(
                kind, at: place, primitive: row.text(2), payload: row.text(3),
                on: Timestamp(microseconds: row.integer(4)))
            return (entry, JournalLink(bytes: Array(row.bytes(5))), row.integer(6))
        }
    }
}
