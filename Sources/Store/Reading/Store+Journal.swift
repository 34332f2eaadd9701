// Reading journals back, proving their chains, and reading what runs said.
import GRDB
import Model

extension Store {
    /// The entries of a branch whose calls come after `sequence`, in order, at most `limit`.
    package func entries(
        of run: RunID, branch: Branch = .main, after sequence: Int = 0, limit: Int = .max
    ) throws -> [JournalEntry] {
        try linkedEntries(of: run, branch: branch, after: sequence, limit: limit).map(\.entry)
    }

    /// The branches of a run that have journal entries, in the order of their paths.
    package func branches(of run: RunID) throws -> [Branch] {
        try read { db in
            try String.fetchAll(
                db.cachedStatement(
                    sql: "SELECT DISTINCT branch FROM journal WHERE run = ? ORDER BY branch"),
                arguments: [run.number]
            ).map { Branch($0) }
        }
    }

    /// Where the journal of a branch ends.
    package func journalEnd(of run: RunID, branch: Branch = .main) throws -> JournalEnd {
        try read { db in try ChangeWriter(db: db).journalEnd(of: run, branch: branch) }
    }

    /// Walks the chains of a run's journal. Raises `run.journal_tampered` at the first broken link.
    package func verifyJournal(of run: RunID) throws {
        for branch in try branches(of: run) {
            var end = JournalEnd.empty
            for (entry, link) in try linkedEntries(of: run, branch: branch, after: 0, limit: .max) {
                guard let next = try? end.after(entry), next.link == link else {
                    throw Failure(
                        .journalTampered,
                        "\(entry.place): the \(entry.kind.rawValue) of \(entry.primitive) is not "
                            + "what was written; compare with a backup of \(path)",
                        context: ["run": run.description, "branch": branch.path])
                }
                end = next
            }
        }
    }

    private func linkedEntries(
        of run: RunID, branch: Branch, after sequence: Int, limit: Int
    ) throws -> [(entry: JournalEntry, link: JournalLink)] {
        try read { db in
            try db.all(
                """
                SELECT position, kind, primitive, payload, at, link FROM journal
                WHERE run = ? AND branch = ? AND position > ? ORDER BY position LIMIT ?
                """,
                .run(run), .text(branch.path), .integer(2 * sequence), .integer(limit)
            ) { row in
                guard let kind = JournalEntry.Kind(rawValue: row.text(1)) else {
                    throw Failure(.storeDamaged, "\(path): no version wrote kind \(row.text(1))")
                }
                let place = JournalPlace(
                    run: run, branch: branch, sequence: Int(row.integer(0) + 1) / 2)
                let entry = JournalEntry(
                    kind, at: place, primitive: row.text(2), payload: row.text(3),
                    on: Timestamp(microseconds: row.integer(4)))
                return (entry, JournalLink(bytes: Array(row.bytes(5))))
            }
        }
    }
}

// What runs said
extension Store {
    /// The last `limit` notes of a run that came before number `before`, oldest first.
    package func notes(
        of run: RunID, before: Int64 = .max, limit: Int
    ) throws -> [NumberedNote] {
        try notes(
            "SELECT * FROM note WHERE run = ? AND number < ? ORDER BY number DESC LIMIT ?",
            [run.number, before, limit]
        ).reversed()
    }

    /// The first `limit` notes of a run that came after number `after`, oldest first.
    package func notes(of run: RunID, after: Int64, limit: Int) throws -> [NumberedNote] {
        try notes(
            "SELECT * FROM note WHERE run = ? AND number > ? ORDER BY number LIMIT ?",
            [run.number, after, limit])
    }

    private func notes(_ sql: String, _ arguments: StatementArguments) throws -> [NumberedNote] {
        try read { db in
            try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map { row in
                let note = RunNote(
                    run: row.run("run"), branch: Branch(row["branch"]), ordinal: row["ordinal"],
                    level: try row.value("level", as: RunNote.Level.init(rawValue:)),
                    text: row["text"], at: row.instant("at"))
                return NumberedNote(number: row["number"], note: note)
            }
        }
    }
}
