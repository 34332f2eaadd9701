// Reading what runs said. Lines are found by their numbers, from either end: the cost is that of
// the lines that are read, however many the run has written.
import GRDB
import Model

extension Store {
    /// The first `limit` lines of these streams with numbers in `range`, oldest first; the last of
    /// them `fromEnd`. A line's number counts the lines of its run from 1.
    package func lines(
        of run: RunID, in streams: Set<RunNote.Level> = Set(RunNote.Level.streams),
        _ range: ClosedRange<Int64> = 1...(.max), limit: Int, fromEnd: Bool = false
    ) throws -> [NumberedNote] {
        let wanted = RunNote.Level.streams.filter(streams.contains)
        let order = fromEnd ? "DESC" : "ASC"
        let select = "SELECT * FROM note WHERE run = ?"
        let rest = "line BETWEEN ? AND ? ORDER BY line \(order) LIMIT ?"
        let bounds: StatementArguments = [range.lowerBound, range.upperBound, limit]
        let found =
            wanted == RunNote.Level.streams
            ? try notes("\(select) AND \(rest)", [run.number] + bounds, numberedBy: "line")
            : try wanted.flatMap { level in
                try notes(
                    "\(select) AND level = ? AND \(rest)", [run.number, level.rawValue] + bounds,
                    numberedBy: "line")
            }
        let sorted = found.sorted { $0.number < $1.number }
        return Array(fromEnd ? sorted.suffix(limit) : sorted.prefix(limit))
    }

    /// What the plan of a run has noted of itself, oldest first.
    package func planNotes(of run: RunID) throws -> [RunNote] {
        try notes(
            "SELECT * FROM note WHERE run = ? AND level = 'plan' ORDER BY number", [run.number]
        ).map(\.note)
    }

    /// The first `limit` notes of a run that came after number `after`, the plan's own among them,
    /// oldest first.
    package func notes(of run: RunID, after: Int64, limit: Int) throws -> [NumberedNote] {
        try notes(
            "SELECT * FROM note WHERE run = ? AND number > ? ORDER BY number LIMIT ?",
            [run.number, after, limit])
    }

    private func notes(
        _ sql: String, _ arguments: StatementArguments, numberedBy column: String = "number"
    ) throws -> [NumberedNote] {
        try read { db in
            try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map { row in
                let note = RunNote(
                    run: row.run("run"), branch: Branch(row["branch"]), ordinal: row["ordinal"],
                    level: try row.value("level", as: RunNote.Level.init(rawValue:)),
                    text: row["text"], at: row.instant("at"))
                return NumberedNote(number: row[column], note: note)
            }
        }
    }
}
