// The journal: the hottest rows of the house. The branch's last entry is looked at first, so that
// no gap and no second outcome can be written, and so that the chain goes on from it. Where a
// branch ends is written once for all its entries of a transaction (`writeEnds`).
import GRDB
import GRDBSQLite
import Model

extension ChangeWriter {
    func append(_ entry: JournalEntry) throws {
        let place = entry.place
        let tip = try memory.tip(of: place.run, place.branch) {
            try db.lastEntry(of: place.run, branch: place.branch)
        }
        let last = tip.entry
        let end = try (last?.end ?? .empty).after(entry)
        try db.run(
            memory.statements(db).insertEntry,
            [
                last.map { .integer($0.number) } ?? .null, .run(place.run),
                .text(place.branch.path), .integer(entry.position), .text(entry.kind.rawValue),
                .text(entry.primitive), .text(entry.payload), .at(entry.at),
                .bytes(end.link.bytes),
            ])
        let number = sqlite3_last_insert_rowid(db.sqliteConnection)
        memory.move(tip, to: LastEntry(number: number, end: end))
    }

    /// Writes where the branches end that got entries in this transaction.
    func writeEnds() throws {
        for tip in memory.takeMoved() {
            guard let last = tip.entry else { continue }
            try db.run(
                memory.statements(db).moveEnd,
                [.run(tip.run), .text(tip.branch.path), .integer(last.number)])
        }
    }
}

/// The statements of every entry, compiled once for the writing connection.
struct JournalStatements {
    let insertEntry: Statement
    let moveEnd: Statement

    init(_ db: Database) throws {
        insertEntry = try db.makeStatement(
            sql: """
                INSERT INTO journal
                    (previous, run, branch, position, kind, primitive, payload, at, link)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        moveEnd = try db.makeStatement(
            sql: """
                INSERT INTO journal_end (run, branch, number) VALUES (?, ?, ?)
                ON CONFLICT (run, branch) DO UPDATE SET number = excluded.number
                """)
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
