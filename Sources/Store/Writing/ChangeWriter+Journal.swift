// The journal: the hottest rows of the house. The branch's last entry is looked at first, so that
// no gap and no second outcome can be written, and so that the chain goes on from it.
import GRDB
import GRDBSQLite
import Model

extension ChangeWriter {
    func append(_ entry: JournalEntry) throws {
        let place = entry.place
        let last =
            try memory[place.run, place.branch]
            ?? db.lastEntry(of: place.run, branch: place.branch)
        let end = try (last?.end ?? .empty).after(entry)
        try db.run(
            """
            INSERT INTO journal (previous, run, branch, position, kind, primitive, payload, at, link)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            last.map { .integer($0.number) } ?? .null, .run(place.run), .text(place.branch.path),
            .integer(entry.position), .text(entry.kind.rawValue), .text(entry.primitive),
            .text(entry.payload), .at(entry.at), .bytes(end.link.bytes))
        let number = sqlite3_last_insert_rowid(db.sqliteConnection)
        try db.run(
            """
            INSERT INTO journal_end (run, branch, number) VALUES (?, ?, ?)
            ON CONFLICT (run, branch) DO UPDATE SET number = excluded.number
            """,
            .run(place.run), .text(place.branch.path), .integer(number))
        memory[place.run, place.branch] = LastEntry(number: number, end: end)
    }
}

extension JournalEntry {
    /// Where the entry stands in its branch: 1, 2, 3, …
    var position: Int { 2 * place.sequence - (kind.isOutcome ? 0 : 1) }
}

/// The last entry of a branch: its number in the journal, and the end it makes.
struct LastEntry {
    let number: Int64
    let end: JournalEnd
}

extension Database {
    /// Nil when the branch has no entries. Raises `run.journal_tampered` when it had.
    func lastEntry(of run: RunID, branch: Branch) throws -> LastEntry? {
        try first(
            """
            SELECT last.number, position, link FROM journal_end AS last
            LEFT JOIN journal ON journal.number = last.number
            WHERE last.run = ? AND last.branch = ?
            """,
            .run(run), .text(branch.path)
        ) { row in
            let position = Int(row.integer(1))
            guard position > 0 else {
                throw Failure(tampered: run, branch, "its last entry is gone")
            }
            let end = JournalEnd(
                sequence: (position + 1) / 2, isClosed: position.isMultiple(of: 2),
                link: JournalLink(bytes: Array(row.bytes(2))))
            return LastEntry(number: row.integer(0), end: end)
        }
    }
}
