// What was agreed with subscriptions.

extension Migration {
    static let subscriptions = Migration(
        sql: """
            CREATE TABLE subscription (
                name TEXT PRIMARY KEY NOT NULL,
                record TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            """)
}
