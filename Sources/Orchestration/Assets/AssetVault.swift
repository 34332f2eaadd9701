// Assets as people and runs reach them: found, changed, and their secrets sealed and opened. No
// call of this type gives a secret to anybody but the primitive that is about to use it.
import Foundation
import Model
import Replication
import Store

package struct AssetVault: Sendable {
    let store: Store
    let clock: any WallClock
    /// Where the key file is, or will be.
    package let keyPath: String

    /// Every asset, in the order of their names.
    package func all() throws -> [Asset] { try store.assets() }

    /// Those that runs of the person's tenant may use.
    package func all(for person: Person) throws -> [Asset] {
        try all().filter { $0.scope.admits(tenant: person.tenant) }
    }

    /// Raises `name.unknown` with the nearest name, and `scope.refused`.
    package func asset(_ name: String, for person: Person) throws -> Asset {
        let asset = try asset(name)
        if !asset.scope.admits(tenant: person.tenant) {
            try person.requireHouse(for: "see the asset '\(name)'")
        }
        return asset
    }

    /// Raises `name.unknown` with the nearest name.
    package func asset(_ name: String) throws -> Asset {
        if let asset = try store.asset(name) { return asset }
        throw Failure.unknown(asset: name, among: try all().map(\.name))
    }

    /// Keeps a new asset, or the next version of one. Without `secrets` a credential, certificate
    /// or connection keeps those it has; a scope that is nil stays as it was.
    ///
    /// Raises `asset.type_differs` for an asset of another kind, `usage.invalid` for a secret that
    /// is missing, empty or too large, what the key file raises, and `asset.changed`.
    @discardableResult
    package func save(
        _ name: String, _ kind: Asset.Kind, value: Value, secrets: [String: Secret]? = nil,
        scope: AssetScope? = nil, by person: Person
    ) async throws -> Asset {
        try Name.checked(name, "asset")
        let last = try store.asset(name)
        if let last, last.kind != kind { throw Failure.kind(of: last, wanted: [kind]) }
        var asset = Asset(
            name: name, kind: kind, version: (last?.version ?? 0) + 1, value: value,
            scope: scope ?? last?.scope ?? AssetScope(), changedBy: person.name,
            changedAt: clock.now)
        let kept = try secrets ?? last.map(reveal) ?? [:]
        try check(kept, of: asset)
        try seal(kept, in: &asset)
        try await commit(
            [.assetSaved(asset)],
            "set the \(kind.rawValue) \(name), version \(asset.version), "
                + "for \(asset.scope.text)", by: person)
        return asset
    }

    /// A new version of what an asset hides; whoever uses it next sees the new one.
    package func rotate(
        _ name: String, secrets: [String: Secret], by person: Person
    ) async throws -> Asset {
        let asset = try asset(name)
        guard asset.kind != .variable else {
            throw Failure.kind(of: asset, wanted: [.credential, .certificate, .connection])
        }
        var kept = try reveal(asset)
        for (field, secret) in secrets {
            guard kept[field] != nil else {
                let hint = Spelling.hint(for: field, among: kept.keys)
                throw Failure(.usage, "the asset '\(name)' hides no '\(field)'\(hint)")
            }
            kept[field] = secret
        }
        return try await save(
            name, asset.kind, value: asset.value, secrets: kept, scope: asset.scope, by: person)
    }

    /// Raises `name.unknown`.
    package func remove(_ name: String, by person: Person) async throws {
        let asset = try asset(name)
        try await commit(
            [.assetRemoved(name)], "remove the \(asset.kind.rawValue) \(name)", by: person)
    }

    /// The last uses and refusals, newest first.
    package func uses(of name: String, limit: Int) throws -> [Event] {
        try store.uses(ofAsset: name, limit: limit)
    }

    func commit(_ changes: [Change], _ act: String, by person: Person) async throws {
        let decision = Decision(
            who: person.name, what: act, reason: nil, at: clock.now, run: nil)
        try await store.commit(changes + [.decided(decision)])
    }

    private func check(_ secrets: [String: Secret], of asset: Asset) throws(Failure) {
        if let field = asset.kind.hiddenField, secrets[field] == nil {
            throw Failure(.usage, "a \(asset.kind.rawValue) needs its \(field)")
        }
        if asset.kind == .certificate {
            let isPEM = asset.value["certificate"]?.text?.contains("-----BEGIN CERTIFICATE-----")
            let holdsKey = secrets["key"]?.reveal { $0.contains("PRIVATE KEY-----") }
            guard isPEM == true, holdsKey == true else {
                throw Failure(
                    .usage,
                    "a certificate is a PEM text, and so is its private key; "
                        + "'\(asset.name)' is given another")
            }
        }
        for (field, secret) in secrets.sorted(by: { $0.key < $1.key }) {
            guard !secret.isEmpty, secret.byteCount <= Limits.secretBytesMax else {
                throw Failure(
                    .usage,
                    "the \(field) of '\(asset.name)' must have from 1 byte to "
                        + "\(ByteCount(Limits.secretBytesMax))")
            }
        }
    }
}

extension Orchestrator {
    package var assets: AssetVault { services.assets }
}

extension Failure {
    static func unknown(
        asset name: String, among names: [String], at position: SourcePosition? = nil
    ) -> Failure {
        Failure(
            .unknownName,
            "there is no asset '\(name)'\(Spelling.hint(for: name, among: names)); "
                + "`muster asset set \(name)` keeps one",
            context: ["asset": name], at: position)
    }

    static func kind(
        of asset: Asset, wanted: [Asset.Kind], at position: SourcePosition? = nil
    ) -> Failure {
        Failure(
            .assetType,
            "the asset '\(asset.name)' is a \(asset.kind.rawValue), not a "
                + wanted.map(\.rawValue).joined(separator: " or "),
            context: ["asset": asset.name, "kind": asset.kind.rawValue], at: position)
    }
}
