// Assets. A change names the version it makes, so that of two who change one at once the second is
// told.
import GRDB
import Model

extension ChangeWriter {
    func applyToAssets(_ change: Change) throws {
        switch change {
        case .assetSaved(let asset): try save(asset)
        case .variableSet(let name, let value, let person, let at):
            try setVariable(name, value, by: person, at: at)
        case .assetsResealed(let assets): try reseal(assets)
        case .assetRemoved(let name):
            try expect(db.run("DELETE FROM asset WHERE name = ?", .text(name)), name)
        default: preconditionFailure("not a change to assets: \(change)")
        }
    }

    private func save(_ asset: Asset) throws {
        let last = try db.first("SELECT version FROM asset WHERE name = ?", .text(asset.name)) {
            $0.integer(0)
        }
        guard asset.version == Int(last ?? 0) + 1 else { throw Failure(changed: asset.name) }
        try db.run(
            """
            INSERT INTO asset
                (name, kind, version, value, hidden, sealed, key, scope, changed_by, changed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, version = excluded.version,
                value = excluded.value, hidden = excluded.hidden, sealed = excluded.sealed,
                key = excluded.key, scope = excluded.scope, changed_by = excluded.changed_by,
                changed_at = excluded.changed_at
            """,
            .text(asset.name), .text(asset.kind.rawValue), .integer(asset.version),
            .text(asset.value.canonicalJSON), .text(try RecordText.of(asset.hidden)),
            asset.sealed.map { .bytes($0.bytes) } ?? .null, .text(orNull: asset.sealed?.key),
            .text(try RecordText.of(asset.scope)), .text(asset.changedBy), .at(asset.changedAt))
    }

    private func setVariable(
        _ name: String, _ value: Value, by person: String, at instant: Timestamp
    ) throws {
        let changed = try db.run(
            """
            UPDATE asset SET value = ?, version = version + 1, changed_by = ?, changed_at = ?
            WHERE name = ? AND kind = 'variable'
            """,
            .text(value.canonicalJSON), .text(person), .at(instant), .text(name))
        try expect(changed, name)
    }

    private func reseal(_ assets: [Asset]) throws {
        for asset in assets {
            guard let sealed = asset.sealed else { continue }
            let changed = try db.run(
                "UPDATE asset SET sealed = ?, key = ? WHERE name = ? AND version = ?",
                .bytes(sealed.bytes), .text(sealed.key), .text(asset.name),
                .integer(asset.version))
            try expect(changed, asset.name)
        }
        let other = try db.first(
            "SELECT name FROM asset WHERE key IS NOT NULL AND key <> ? LIMIT 1",
            .text(assets.first?.sealed?.key ?? "")
        ) { $0.text(0) }
        if let other { throw Failure(changed: other) }
    }

    private func expect(_ changed: Int, _ name: String) throws(Failure) {
        guard changed == 1 else { throw Failure(changed: name) }
    }
}

extension Failure {
    fileprivate init(changed asset: String) {
        self.init(
            .assetChanged,
            "the asset '\(asset)' was changed or taken away at the same moment; nothing was "
                + "overwritten: look at it and repeat what is still wanted",
            context: ["asset": asset])
    }
}
