// Reading what earlier runs of a plan took, for a forecast of the next one.
import GRDB
import Model

extension Store {
    /// The newest runs of a plan that came to an end, of one kind and, when given, direction;
    /// looked for among the latest runs of all: the cost has a bound however long the memory is.
    package func endedRuns(
        of plan: String, _ kind: FailoverKind, _ direction: Direction? = nil, limit: Int
    ) throws -> [RunID] {
        try read { db in
            try db.all(
                """
                SELECT id FROM run
                WHERE id > (SELECT max(id) FROM run) - ?1 AND kind = 'plan' AND name = ?2
                AND failover = ?3 AND (?4 IS NULL OR direction = ?4)
                AND (state = 'completed' OR state = 'aborted')
                ORDER BY id DESC LIMIT ?5
                """,
                .integer(Limits.forecastRunsSeen), .text(plan), .text(kind.rawValue),
                .text(orNull: direction?.rawValue), .integer(limit)
            ) { RunID($0.integer(0)) }
        }
    }

    /// What a run's plan noted of itself in pairs, in the order in which the pairs began.
    package func planSpans(of run: RunID) throws -> [PlanSpan] {
        try read { db in
            try db.all(
                """
                SELECT began.branch, began.at, ended.at, began.text, ended.text
                FROM note AS began JOIN note AS ended
                ON ended.run = began.run AND ended.branch = began.branch AND ended.ordinal = 2
                WHERE began.run = ? AND began.level = 'plan' AND began.ordinal = 1
                ORDER BY began.number
                """, .run(run)
            ) { row in
                PlanSpan(
                    branch: Branch(row.text(0)), from: Timestamp(microseconds: row.integer(1)),
                    until: Timestamp(microseconds: row.integer(2)), first: row.text(3),
                    last: row.text(4))
            }
        }
    }
}
