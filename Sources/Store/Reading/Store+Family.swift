// Reading how runs belong to each other.
import GRDB
import Model

extension Store {
    /// The run that a call started; nil when it started none.
    package func child(at place: JournalPlace) throws -> RunID? {
        try read { db in
            try db.first(
                "SELECT id FROM run WHERE parent = ? AND parent_branch = ? AND parent_sequence = ?",
                .run(place.run), .text(place.branch.path), .integer(place.sequence)
            ) { RunID($0.integer(0)) }
        }
    }

    /// The runs that a run has started, oldest first.
    package func children(of run: RunID) throws -> [RunID] {
        try runs("SELECT id FROM run WHERE parent = ? ORDER BY id", .run(run))
    }

    /// The run that a run continued as; nil when it did not, or not yet.
    package func successor(of run: RunID) throws -> RunID? {
        try runs("SELECT id FROM run WHERE continues = ?", .run(run)).first
    }

    /// The last of the runs that go on from each other and began with this one.
    package func lastSuccessor(of run: RunID) throws -> RunID {
        try runs("SELECT max(id) FROM run WHERE origin = ?1 OR id = ?1", .run(run))[0]
    }

    /// The run with those above it.
    package func lineage(of run: RunID) throws -> RunLineage {
        let runs = try read { db in try [run] + db.lineage(of: run) }.map { try self.run($0) }
        let names = zip(runs, runs.dropFirst().map(Optional.some) + [nil]).filter { run, above in
            run.continuation == nil || run.name != above?.name
        }
        return RunLineage(names: names.map(\.0.name).reversed())
    }

    /// What a runbook returned; nil before its end.
    package func returned(by run: RunID) throws -> Value? {
        try read { db in
            try db.first(
                "SELECT record FROM event WHERE run = ? AND topic = 'run.returned'", .run(run)
            ) { try Value(json: $0.text(0)) }
        }
    }

    private func runs(_ sql: String, _ values: SQLValue...) throws -> [RunID] {
        try read { db in try db.all(sql, values) { RunID($0.integer(0)) } }
    }
}
