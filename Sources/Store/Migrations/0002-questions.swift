// What runs ask of people, and which vms they hold.

extension Migration {
    static let questions = Migration(
        sql: """
            CREATE TABLE question (
                id INTEGER PRIMARY KEY,
                run INTEGER NOT NULL REFERENCES run (id),
                branch TEXT NOT NULL,
                sequence INTEGER NOT NULL CHECK (sequence > 0),
                title TEXT NOT NULL,
                instructions TEXT,
                form TEXT NOT NULL,
                who TEXT,
                deadline INTEGER,
                default_action TEXT NOT NULL,
                asked_at INTEGER NOT NULL,
                state TEXT NOT NULL DEFAULT 'open',
                answer TEXT,
                comment TEXT,
                settled_by TEXT,
                channel TEXT,
                settled_at INTEGER,
                UNIQUE (run, branch, sequence)
            ) STRICT;
            CREATE INDEX question_open ON question (id) WHERE state = 'open';
            CREATE INDEX question_due ON question (deadline) WHERE state = 'open';

            -- A settled question stays as it is, and none is ever taken back.
            CREATE TRIGGER question_settled_once BEFORE UPDATE ON question
                WHEN old.state <> 'open'
                BEGIN SELECT RAISE (ABORT, 'append-only: question'); END;
            CREATE TRIGGER question_kept BEFORE DELETE ON question
                BEGIN SELECT RAISE (ABORT, 'append-only: question'); END;

            CREATE TABLE claim (
                vm TEXT PRIMARY KEY NOT NULL,
                run INTEGER NOT NULL REFERENCES run (id),
                since INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX claim_by_run ON claim (run);
            """)
}
