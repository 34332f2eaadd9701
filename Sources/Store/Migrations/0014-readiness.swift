// How ready each plan was found, and the tests of a plan that succeeded, found by its name.

extension Migration {
    static let readiness = Migration(
        sql: """
            CREATE TABLE plan_readiness (
                plan TEXT PRIMARY KEY NOT NULL,
                record TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX run_rehearsed ON run (name, id)
                WHERE kind = 'plan' AND failover = 'test' AND state = 'completed';
            """)
}
