// Reading assets, sealed as they are kept, and what was done with them.
import GRDB
import Model

extension Store {
    /// Every asset, in the order of their names.
    package func assets() throws -> [Asset] {
        try read { db in
            try db.all("SELECT \(Self.assetColumns) FROM asset ORDER BY name", read: Self.asset)
        }
    }

    /// The asset of that name; nil when there is none.
    package func asset(_ name: String) throws -> Asset? {
        try read { db in
            try db.first(
                "SELECT \(Self.assetColumns) FROM asset WHERE name = ?", .text(name),
                read: Self.asset)
        }
    }

    /// The name of the key under which secrets are sealed; nil while there are none.
    package func assetKey() throws -> String? {
        try read { db in
            try db.first("SELECT key FROM asset WHERE key IS NOT NULL LIMIT 1") { $0.text(0) }
        }
    }

    /// The last `limit` uses and refusals of an asset, newest first.
    package func uses(ofAsset name: String, limit: Int) throws -> [Event] {
        try read { db in
            try db.all(
                """
                SELECT topic, run, record, at FROM event
                WHERE topic >= 'asset.' AND topic < 'asset/' AND record ->> '$.asset' = ?
                ORDER BY number DESC LIMIT ?
                """, .text(name), .integer(limit)
            ) { row in
                Event(
                    topic: row.text(0), run: row.isNull(1) ? nil : RunID(row.integer(1)),
                    record: row.text(2), at: Timestamp(microseconds: row.integer(3)))
            }
        }
    }

    private static let assetColumns =
        "name, kind, version, value, hidden, sealed, key, scope, changed_by, changed_at"

    private static func asset(_ row: SQLRow) throws -> Asset {
        guard let kind = Asset.Kind(rawValue: row.text(1)) else {
            throw Failure(.storeDamaged, "no version wrote an asset of the kind '\(row.text(1))'")
        }
        let sealed = row.text(ifAny: 6).map { key in
            Asset.Sealed(bytes: Array(row.bytes(5)), key: key)
        }
        return Asset(
            name: row.text(0), kind: kind, version: Int(row.integer(2)),
            value: try Value(json: row.text(3)),
            hidden: try RecordText.read(row.text(4), as: [String].self), sealed: sealed,
            scope: try RecordText.read(row.text(7), as: AssetScope.self),
            changedBy: row.text(8), changedAt: Timestamp(microseconds: row.integer(9)))
    }
}
