// The key under which secrets are kept, and its turning. The rows name their key, so that it is
// always known which file is the right one: a new key stands beside the old one until every row is
// sealed under it, and is then put in its place, by whoever comes next if need be.
//
//     K ─▶ K.new is written ─▶ all rows sealed anew, one transaction ─▶ K.new renamed to K
import Foundation
import Model
import Replication
import Store

extension AssetVault {
    private var freshPath: String { keyPath + ".new" }

    /// Makes the key file; returns the name of its key. Raises `files.failed` when there is one.
    package func makeKey(by person: Person) async throws -> String {
        let key = try KeyFile.make(keyPath)
        try await commit([], "make the key \(key.id) of assets", by: person)
        return key.id
    }

    /// Seals every secret anew under a new key, and returns its name; the old one opens nothing of
    /// what is kept any more. Raises what ``key()`` raises, and `asset.changed`.
    package func turnKey(by person: Person) async throws -> String {
        let old = try key()
        // One that is not in use was left by an engine that died before it was.
        try HostFiles().remove(freshPath)
        let fresh = try KeyFile.make(freshPath)
        let resealed = try all().filter { $0.sealed != nil }.map { asset in
            var asset = asset
            let text = try open(asset, with: old)
            asset.sealed = Asset.Sealed(
                bytes: fresh.seal(text, for: asset.purpose), key: fresh.id)
            return asset
        }
        try await commit(
            resealed.isEmpty ? [] : [.assetsResealed(resealed)],
            "turn the key of assets from \(old.id) to \(fresh.id)", by: person)
        try KeyFile.replace(keyPath, by: freshPath)
        return fresh.id
    }

    /// What an asset hides, in the clear. Raises `asset.sealed` and what the key file raises.
    func reveal(_ asset: Asset) throws -> [String: Secret] {
        guard asset.sealed != nil else { return [:] }
        let fields = try Value(json: try open(asset, with: try key())).object ?? [:]
        return fields.compactMapValues(\.text).mapValues { Secret($0) }
    }

    func seal(_ secrets: [String: Secret], in asset: inout Asset) throws {
        asset.hidden = secrets.keys.sorted()
        guard !secrets.isEmpty else { return }
        let key = try key()
        let text = Value.object(secrets.mapValues { $0.reveal { .text($0) } }).canonicalJSON
        asset.sealed = Asset.Sealed(bytes: key.seal(text, for: asset.purpose), key: key.id)
    }

    private func open(_ asset: Asset, with key: OwnerKey) throws(Failure) -> String {
        if let sealed = asset.sealed, let text = key.open(sealed.bytes, for: asset.purpose) {
            return text
        }
        throw Failure(
            .assetSealed,
            "the secret of '\(asset.name)' cannot be opened: its row is damaged; set it anew with "
                + "`muster asset rotate \(asset.name)`",
            context: ["asset": asset.name])
    }

    /// The key that the rows name; any, while no secret is kept. Blocks.
    ///
    /// Raises `asset.key_missing`, `asset.sealed` when the file holds another key, and what
    /// reading it raises.
    private func key() throws -> OwnerKey {
        let wanted = try store.assetKey()
        let kept = try key(at: keyPath)
        if let kept, wanted == nil || kept.id == wanted { return kept }
        if let fresh = try key(at: freshPath), fresh.id == wanted {
            try KeyFile.replace(keyPath, by: freshPath)
            return fresh
        }
        guard let kept else {
            throw Failure(
                .assetKeyMissing,
                "there is no key file \(keyPath): `muster asset key new` makes one"
                    + (wanted.map { "; kept secrets need the key \($0)" } ?? ""),
                context: ["file": keyPath])
        }
        throw Failure(
            .assetSealed,
            "\(keyPath) holds the key \(kept.id), and the secrets are sealed under "
                + "\(wanted ?? "another"); put its file there",
            context: ["file": keyPath, "key": wanted ?? ""])
    }

    private func key(at path: String) throws -> OwnerKey? {
        guard try HostFiles().stamp(path) != nil else { return nil }
        return try KeyFile.read(path)
    }
}
