// Schedules, and the turns of their due times: each is taken once, whoever leads.
import GRDB
import Model

extension ChangeWriter {
    func save(_ schedule: RunSchedule) throws {
        try db.run(
            """
            INSERT INTO schedule (name, record, decided_until) VALUES (?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET record = excluded.record,
                decided_until = max(decided_until, excluded.decided_until)
            """,
            .text(schedule.name), .text(try RecordText.of(schedule)), .at(schedule.decidedUntil))
    }

    func removeSchedule(_ name: String) throws {
        try db.run("DELETE FROM schedule WHERE name = ?", .text(name))
        try db.run(
            "DELETE FROM schedule_turn WHERE schedule = ? AND outcome = 'queued'", .text(name))
    }

    /// A turn that waits in the queue may be decided anew, any other stands.
    func take(_ turn: ScheduleTurn) throws {
        let taken = try db.run(
            """
            INSERT INTO schedule_turn
                (schedule, due_at, outcome, count, run, remark, decided_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (schedule, due_at) DO UPDATE SET outcome = excluded.outcome,
                run = excluded.run, remark = excluded.remark, decided_at = excluded.decided_at
            WHERE outcome = 'queued' AND excluded.outcome <> 'queued'
            """,
            .text(turn.schedule), .at(turn.dueAt), .text(turn.outcome.rawValue),
            .integer(turn.count), turn.run.map { .run($0) } ?? .null, .text(orNull: turn.remark),
            .at(turn.decidedAt))
        guard taken == 1 else {
            throw Failure(
                .turnTaken,
                "the due time \(turn.dueAt) of schedule '\(turn.schedule)' has its turn already",
                context: ["schedule": turn.schedule])
        }
        try db.run(
            "UPDATE schedule SET decided_until = max(decided_until, ?) WHERE name = ?",
            .at(turn.dueAt), .text(turn.schedule))
    }
}
