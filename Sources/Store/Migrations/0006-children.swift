// How runs belong to each other, and the queue they stand in.

extension Migration {
    static let children = Migration(
        sql: """
            ALTER TABLE run ADD COLUMN parent INTEGER REFERENCES run (id);
            ALTER TABLE run ADD COLUMN parent_branch TEXT;
            ALTER TABLE run ADD COLUMN parent_sequence INTEGER;
            ALTER TABLE run ADD COLUMN parent_waits INTEGER;
            ALTER TABLE run ADD COLUMN continues INTEGER REFERENCES run (id);
            ALTER TABLE run ADD COLUMN origin INTEGER REFERENCES run (id);
            ALTER TABLE run ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal';
            -- News that came while the run was running: it may have looked before.
            ALTER TABLE run ADD COLUMN woken_at INTEGER;
            ALTER TABLE run ADD COLUMN at_once INTEGER
                GENERATED ALWAYS AS (limits ->> '$.at_once') VIRTUAL;

            -- A call starts one child and a run has one successor, whoever dies in between.
            CREATE UNIQUE INDEX run_child ON run (parent, parent_branch, parent_sequence)
                WHERE parent IS NOT NULL;
            CREATE UNIQUE INDEX run_successor ON run (continues) WHERE continues IS NOT NULL;
            CREATE INDEX run_by_origin ON run (origin) WHERE origin IS NOT NULL;

            -- The queue. All that decides is in the index: who is passed over is not read.
            CREATE INDEX run_queued ON run (priority, created_at, id, name, scope, at_once)
                WHERE state = 'queued';
            CREATE INDEX run_ready ON run (priority, wake_at, id, name, scope, at_once)
                WHERE state = 'waiting' AND wake_at IS NOT NULL;
            CREATE INDEX run_to_end ON run (id) WHERE abort_at IS NOT NULL AND ended_at IS NULL;
            """)
}
