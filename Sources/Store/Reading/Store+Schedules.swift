// Reading schedules and what became of their due times.
import GRDB
import Model

extension Store {
    /// Every schedule, in the order of their names.
    package func schedules() throws -> [RunSchedule] {
        try read { db in
            try db.all(
                "SELECT record, decided_until FROM schedule ORDER BY name", read: Self.record)
        }
    }

    /// The schedule of that name; nil when there is none.
    package func schedule(_ name: String) throws -> RunSchedule? {
        try read { db in
            try db.first(
                "SELECT record, decided_until FROM schedule WHERE name = ?", .text(name),
                read: Self.record)
        }
    }

    private static func record(_ row: SQLRow) throws -> RunSchedule {
        var schedule = try RecordText.read(row.text(0), as: RunSchedule.self)
        schedule.decidedUntil = Timestamp(microseconds: row.integer(1))
        return schedule
    }

    /// The last `limit` turns of a schedule, newest first.
    package func turns(of schedule: String, limit: Int) throws -> [ScheduleTurn] {
        try turns("schedule = ? ORDER BY due_at DESC LIMIT ?", .text(schedule), .integer(limit))
    }

    /// The due times of a schedule that wait for the end of an earlier run, oldest first.
    package func queuedTurns(of schedule: String) throws -> [ScheduleTurn] {
        try turns("schedule = ? AND outcome = 'queued' ORDER BY due_at", .text(schedule))
    }

    /// The runs of a schedule that have not ended, in the order of their numbers.
    package func unfinishedRuns(ofSchedule schedule: String) throws -> [RunID] {
        try read { db in
            try db.all(
                """
                SELECT run.id FROM schedule_turn
                JOIN run ON run.id = schedule_turn.run OR run.origin = schedule_turn.run
                WHERE schedule = ? AND state NOT IN ('completed', 'failed', 'aborted', 'stopped')
                ORDER BY run.id
                """, .text(schedule)
            ) { RunID($0.integer(0)) }
        }
    }

    private func turns(_ condition: String, _ values: SQLValue...) throws -> [ScheduleTurn] {
        try read { db in
            try db.all(
                "SELECT schedule, due_at, outcome, count, run, remark, decided_at "
                    + "FROM schedule_turn WHERE \(condition)", values
            ) { row in
                guard let outcome = ScheduleTurn.Outcome(rawValue: row.text(2)) else {
                    throw Failure(.storeDamaged, "no version wrote a turn '\(row.text(2))'")
                }
                return ScheduleTurn(
                    schedule: row.text(0), dueAt: Timestamp(microseconds: row.integer(1)),
                    outcome: outcome, count: Int(row.integer(3)),
                    run: row.isNull(4) ? nil : RunID(row.integer(4)),
                    remark: row.text(ifAny: 5),
                    decidedAt: Timestamp(microseconds: row.integer(6)))
            }
        }
    }
}
