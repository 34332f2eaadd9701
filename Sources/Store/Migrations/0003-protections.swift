// Protections and their points, the record of people's decisions and of events, and the lead.

extension Migration {
    static let protections = Migration(
        sql: """
            CREATE TABLE protection (
                key TEXT PRIMARY KEY NOT NULL,
                vm TEXT NOT NULL,
                state TEXT NOT NULL,
                primary_site TEXT NOT NULL,
                replica_site TEXT NOT NULL,
                record TEXT NOT NULL,
                updated_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE recovery_point (
                vm TEXT NOT NULL,
                generation INTEGER NOT NULL,
                sequence INTEGER NOT NULL,
                record TEXT NOT NULL,
                PRIMARY KEY (vm, generation, sequence)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE decision (
                number INTEGER PRIMARY KEY,
                who TEXT NOT NULL,
                what TEXT NOT NULL,
                reason TEXT,
                at INTEGER NOT NULL,
                run INTEGER REFERENCES run (id)
            ) STRICT;
            CREATE INDEX decision_by_run ON decision (run);
            CREATE TABLE event (
                number INTEGER PRIMARY KEY,
                topic TEXT NOT NULL,
                run INTEGER REFERENCES run (id),
                record TEXT NOT NULL,
                at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX event_by_run ON event (run);

            CREATE TRIGGER decision_unchanged BEFORE UPDATE ON decision
                BEGIN SELECT RAISE (ABORT, 'append-only: decision'); END;
            CREATE TRIGGER decision_kept BEFORE DELETE ON decision
                BEGIN SELECT RAISE (ABORT, 'append-only: decision'); END;
            CREATE TRIGGER event_unchanged BEFORE UPDATE ON event
                BEGIN SELECT RAISE (ABORT, 'append-only: event'); END;
            CREATE TRIGGER event_kept BEFORE DELETE ON event
                BEGIN SELECT RAISE (ABORT, 'append-only: event'); END;

            CREATE TABLE lease (
                token INTEGER PRIMARY KEY CHECK (token > 0),
                process INTEGER NOT NULL,
                host TEXT NOT NULL,
                command TEXT NOT NULL,
                since INTEGER NOT NULL
            ) STRICT;
            CREATE TRIGGER lease_unchanged BEFORE UPDATE ON lease
                BEGIN SELECT RAISE (ABORT, 'append-only: lease'); END;
            CREATE TRIGGER lease_kept BEFORE DELETE ON lease
                BEGIN SELECT RAISE (ABORT, 'append-only: lease'); END;
            """)
}
