// The journal: the hottest rows of the house. The branch's last entry is read first, so that no gap and
// no second outcome can be written, and so that the chain goes on from it.
import GRDB
import Model

extension ChangeWriter {
    func append(_ entry: JournalEntry) throws {
        let end = try journalEnd(of: entry.place.run, branch: entry.place.branch).after(entry)
        try db.run(
            """
            INSERT INTO journal (run, branch, position, kind, primitive, payload, at, link)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .run(entry.place.run), .text(entry.place.branch.path),
            .integer(2 * entry.place.sequence - (entry.kind.isOutcome ? 0 : 1)),
            .text(entry.kind.rawValue), .text(entry.primitive), .text(entry.payload),
            .at(entry.at), .bytes(end.link.bytes))
    }

    func journalEnd(of run: RunID, branch: Branch) throws -> JournalEnd {
        try db.first(
            """
            SELECT position, link FROM journal WHERE run = ? AND branch = ?
            ORDER BY position DESC LIMIT 1
            """,
            .run(run), .text(branch.path)
        ) { row in
            let position = Int(row.integer(0))
            return JournalEnd(
                sequence: (position + 1) / 2, isClosed: position.isMultiple(of: 2),
                link: JournalLink(bytes: Array(row.bytes(1))))
        } ?? .empty
    }
}
