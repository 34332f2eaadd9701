// The library: versions that never change, drafts, what was put in force, and which version a run
// was started with.

extension Migration {
    static let library = Migration(
        sql: """
            CREATE TABLE library_version (
                name TEXT NOT NULL,
                number INTEGER NOT NULL CHECK (number > 0),
                digest TEXT NOT NULL REFERENCES source (digest),
                scope TEXT,
                by TEXT NOT NULL,
                at INTEGER NOT NULL,
                PRIMARY KEY (name, number)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE library_draft (
                name TEXT PRIMARY KEY NOT NULL,
                version INTEGER NOT NULL,
                FOREIGN KEY (name, version) REFERENCES library_version (name, number)
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE library_publication (
                number INTEGER PRIMARY KEY,
                name TEXT NOT NULL,
                version INTEGER NOT NULL,
                is_rollback INTEGER NOT NULL,
                by TEXT NOT NULL,
                reason TEXT,
                at INTEGER NOT NULL,
                FOREIGN KEY (name, version) REFERENCES library_version (name, number)
            ) STRICT;
            CREATE INDEX library_publication_by_name ON library_publication (name, number);
            CREATE TABLE run_edition (
                run INTEGER PRIMARY KEY REFERENCES run (id),
                version INTEGER NOT NULL,
                is_draft INTEGER NOT NULL
            ) STRICT;

            CREATE TRIGGER library_version_unchanged BEFORE UPDATE ON library_version
                BEGIN SELECT RAISE (ABORT, 'append-only: library_version'); END;
            CREATE TRIGGER library_version_kept BEFORE DELETE ON library_version
                BEGIN SELECT RAISE (ABORT, 'append-only: library_version'); END;
            CREATE TRIGGER library_publication_unchanged BEFORE UPDATE ON library_publication
                BEGIN SELECT RAISE (ABORT, 'append-only: library_publication'); END;
            CREATE TRIGGER library_publication_kept BEFORE DELETE ON library_publication
                BEGIN SELECT RAISE (ABORT, 'append-only: library_publication'); END;
            """)
}
