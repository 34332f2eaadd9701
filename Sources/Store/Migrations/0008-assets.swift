// Assets: one row each, the newest version alone; what was done with them stands in the record.

extension Migration {
    static let assets = Migration(
        sql: """
            CREATE TABLE asset (
                name TEXT PRIMARY KEY NOT NULL,
                kind TEXT NOT NULL,
                version INTEGER NOT NULL CHECK (version > 0),
                value TEXT NOT NULL,
                hidden TEXT NOT NULL,
                sealed BLOB,
                key TEXT,
                scope TEXT NOT NULL,
                changed_by TEXT NOT NULL,
                changed_at INTEGER NOT NULL,
                CHECK ((sealed IS NULL) = (key IS NULL))
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX event_of_asset ON event (record ->> '$.asset', number)
                WHERE topic >= 'asset.' AND topic < 'asset/';
            """)
}
