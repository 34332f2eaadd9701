// Schedules of runs, and what became of their due times.

extension Migration {
    static let schedules = Migration(
        sql: """
            CREATE TABLE schedule (
                name TEXT PRIMARY KEY NOT NULL,
                record TEXT NOT NULL,
                decided_until INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            -- Kept when the schedule is gone: a turn says why a run was started, or why not.
            CREATE TABLE schedule_turn (
                schedule TEXT NOT NULL,
                due_at INTEGER NOT NULL,
                outcome TEXT NOT NULL,
                count INTEGER NOT NULL CHECK (count > 0),
                run INTEGER REFERENCES run (id),
                remark TEXT,
                decided_at INTEGER NOT NULL,
                PRIMARY KEY (schedule, due_at)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX schedule_turn_queued ON schedule_turn (schedule, due_at)
                WHERE outcome = 'queued';
            """)
}
