// Runs, what they did, what they loaded, what they said.

extension Migration {
    static let runs = Migration(
        sql: """
            CREATE TABLE run (
                id INTEGER PRIMARY KEY CHECK (id > 0),
                kind TEXT NOT NULL,
                name TEXT NOT NULL,
                file TEXT NOT NULL,
                parameters TEXT NOT NULL,
                failover TEXT,
                direction TEXT NOT NULL,
                scope TEXT,
                started_by TEXT NOT NULL,
                reason TEXT,
                state TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                started_at INTEGER,
                ended_at INTEGER,
                wake_at INTEGER,
                failure TEXT,
                abort_by TEXT,
                abort_reason TEXT,
                abort_at INTEGER,
                runtime_version TEXT NOT NULL,
                random_seed INTEGER NOT NULL,
                limits TEXT NOT NULL
            ) STRICT;
            CREATE INDEX run_by_state ON run (state, id);
            CREATE INDEX run_running ON run (name) WHERE state = 'running';
            CREATE INDEX run_to_wake ON run (wake_at) WHERE state = 'waiting';

            CREATE TABLE source (
                digest TEXT PRIMARY KEY NOT NULL CHECK (length(digest) = 64),
                text TEXT NOT NULL
            ) STRICT;
            CREATE TABLE run_source (
                run INTEGER NOT NULL REFERENCES run (id),
                module TEXT NOT NULL,
                digest TEXT NOT NULL REFERENCES source (digest),
                PRIMARY KEY (run, module)
            ) STRICT, WITHOUT ROWID;

            -- Call n has its intent at position 2n - 1 and its outcome at 2n. Entries of all branches
            -- are appended one behind the other, so that a group of them fills few pages; `previous`
            -- is the number of the entry before it in its branch. No `IN` for the kinds: for a list of
            -- three SQLite makes a temporary table at every insert.
            CREATE TABLE journal (
                number INTEGER PRIMARY KEY,
                previous INTEGER CHECK (previous < number),
                run INTEGER NOT NULL,
                branch TEXT NOT NULL,
                position INTEGER NOT NULL CHECK ((position = 1) = (previous IS NULL)),
                kind TEXT NOT NULL CHECK (
                    (kind = 'intent' OR kind = 'result' OR kind = 'failure')
                    AND (kind = 'intent') = (position % 2 = 1)),
                primitive TEXT NOT NULL,
                payload TEXT NOT NULL,
                at INTEGER NOT NULL,
                link BLOB NOT NULL CHECK (length(link) = 32)
            ) STRICT;
            CREATE TABLE journal_end (
                run INTEGER NOT NULL REFERENCES run (id),
                branch TEXT NOT NULL,
                number INTEGER NOT NULL,
                PRIMARY KEY (run, branch)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE note (
                number INTEGER PRIMARY KEY,
                run INTEGER NOT NULL REFERENCES run (id),
                branch TEXT NOT NULL,
                ordinal INTEGER NOT NULL CHECK (ordinal > 0),
                level TEXT NOT NULL,
                text TEXT NOT NULL,
                at INTEGER NOT NULL,
                UNIQUE (run, branch, ordinal)
            ) STRICT;
            CREATE INDEX note_by_run ON note (run, number);

            CREATE TRIGGER journal_unchanged BEFORE UPDATE ON journal
                BEGIN SELECT RAISE (ABORT, 'append-only: journal'); END;
            CREATE TRIGGER journal_kept BEFORE DELETE ON journal
                BEGIN SELECT RAISE (ABORT, 'append-only: journal'); END;
            CREATE TRIGGER source_unchanged BEFORE UPDATE ON source
                BEGIN SELECT RAISE (ABORT, 'append-only: source'); END;
            CREATE TRIGGER source_kept BEFORE DELETE ON source
                BEGIN SELECT RAISE (ABORT, 'append-only: source'); END;
            """)
}
