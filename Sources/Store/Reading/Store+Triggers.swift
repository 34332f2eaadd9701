// Reading triggers, what they know, and what became of what they saw.
import GRDB
import Model

extension Store {
    /// Every trigger, in the order of their names.
    package func triggers() throws -> [RunTrigger] {
        try read { db in
            try db.all("SELECT record FROM run_trigger ORDER BY name") {
                try RecordText.read($0.text(0), as: RunTrigger.self)
            }
        }
    }

    /// The trigger of that name; nil when there is none.
    package func trigger(_ name: String) throws -> RunTrigger? {
        try read { db in
            try db.first("SELECT record FROM run_trigger WHERE name = ?", .text(name)) {
                try RecordText.read($0.text(0), as: RunTrigger.self)
            }
        }
    }

    /// What a trigger knows of the things it watches, by their names.
    package func marks(of trigger: String) throws -> [String: String] {
        try read { db in
            Dictionary(
                uniqueKeysWithValues: try db.all(
                    "SELECT subject, mark FROM trigger_mark WHERE name = ?", .text(trigger)
                ) { ($0.text(0), $0.text(1)) })
        }
    }

    /// The last `limit` firings of a trigger, newest first.
    package func firings(of trigger: String, limit: Int) throws -> [TriggerFiring] {
        try firings("name = ? ORDER BY number DESC LIMIT ?", .text(trigger), .integer(limit))
    }

    /// What came of the first time that a trigger fired for that thing; nil when it never did.
    package func firstFiring(of trigger: String, for subject: String) throws -> TriggerFiring? {
        try firings(
            "name = ? AND subject = ? ORDER BY number LIMIT 1", .text(trigger), .text(subject)
        ).first
    }

    /// The triggers that led to a run, or to a run above it, oldest first; none when people or
    /// schedules began them all.
    package func triggers(behind run: RunID) throws -> [String] {
        let runs = try read { db in try [run] + db.lineage(of: run) }
        // A firing knows all that were behind it: the nearest is enough.
        for run in runs {
            if let nearest = try firings("run = ? LIMIT 1", .run(run)).first {
                return nearest.lineage
            }
        }
        return []
    }

    /// The things for which runs of a trigger go on.
    package func busySubjects(of trigger: String) throws -> Set<String> {
        try read { db in
            Set(
                try db.all(
                    """
                    SELECT subject FROM run JOIN trigger_firing ON trigger_firing.run = run.id
                    WHERE state IN ('queued', 'running', 'waiting', 'suspended')
                        AND trigger_firing.name = ?
                    """, .text(trigger)
                ) { $0.text(0) })
        }
    }

    /// Runs in the order in which they ended, after the one of that number.
    package func endedRuns(after number: Int64, limit: Int) throws -> [(number: Int64, run: RunID)]
    {
        try read { db in
            try db.all(
                "SELECT number, run FROM run_end WHERE number > ? ORDER BY number LIMIT ?",
                .integer(number), .integer(limit)
            ) { ($0.integer(0), RunID($0.integer(1))) }
        }
    }

    /// The number of the run that ended last; 0 when none has.
    package func lastEnd() throws -> Int64 {
        try read { db in
            try db.first("SELECT coalesce(max(number), 0) FROM run_end") { $0.integer(0) } ?? 0
        }
    }

    private func firings(_ condition: String, _ values: SQLValue...) throws -> [TriggerFiring] {
        try read { db in
            try db.all(
                "SELECT name, subject, former, mark, outcome, run, remark, lineage, at "
                    + "FROM trigger_firing WHERE \(condition)", values
            ) { row in
                guard let outcome = TriggerFiring.Outcome(rawValue: row.text(4)) else {
                    throw Failure(.storeDamaged, "no version wrote a firing '\(row.text(4))'")
                }
                return TriggerFiring(
                    TriggerMark(
                        trigger: row.text(0), subject: row.text(1), former: row.text(ifAny: 2),
                        mark: row.text(ifAny: 3)),
                    outcome: outcome, run: row.isNull(5) ? nil : RunID(row.integer(5)),
                    remark: row.text(6),
                    lineage: try RecordText.read(row.text(7), as: [String].self),
                    at: Timestamp(microseconds: row.integer(8)))
            }
        }
    }
}
