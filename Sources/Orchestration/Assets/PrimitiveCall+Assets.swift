// Assets as a call of a primitive reaches them: within its run's scope, each use recorded, and
// secrets opened for the act alone.
import Model
import Store

extension PrimitiveCall {
    /// The asset of that name, of one of the kinds, if this run may use it.
    ///
    /// Raises `name.unknown` with the nearest name the run may use, `scope.refused` and
    /// `asset.type_differs`, each at the author's line.
    func asset(_ name: String, _ kinds: [Asset.Kind]) throws -> Asset {
        guard let asset = try services.store.asset(name) else {
            let names = try services.store.assets().filter { admits($0) }.map(\.name)
            throw Failure.unknown(asset: name, among: names, at: position)
        }
        guard admits(asset) else {
            throw Failure(
                .refused,
                "the asset '\(name)' is not for \(runbook.isEmpty ? "this card" : runbook)"
                    + (scope.map { " of \($0)" } ?? "")
                    + "; `muster asset set \(name)` can widen its --runbook and --tenant",
                context: ["asset": name, "runbook": runbook], at: position)
        }
        guard kinds.contains(asset.kind) else {
            throw Failure.kind(of: asset, wanted: kinds, at: position)
        }
        return asset
    }

    /// Opens the secret that an argument names, the newest there is: for the act that is about to
    /// begin, before anything else of it.
    ///
    /// Raises what ``asset(_:_:)`` raises, `asset.sealed`, and what the key file raises.
    package func secret(_ argument: String) throws -> Secret {
        try secret(arguments[argument] ?? .null)
    }

    /// The same for a handle in an option.
    package func secret(_ handle: Value) throws -> Secret {
        let asset = try asset(
            handle["$asset"]?.text ?? "", [.credential, .certificate, .connection])
        let field = handle["field"]?.text ?? asset.kind.hiddenField ?? ""
        guard let secret = try services.assets.reveal(asset)[field] else {
            let hint = Spelling.hint(for: field, among: asset.hidden)
            throw Failure(
                .unknownName, "the asset '\(asset.name)' hides no '\(field)'\(hint)",
                context: ["asset": asset.name], at: position)
        }
        opened.note(secret)
        return secret
    }

    /// The record of the use of an asset, or of its refusal; nothing for one that is not there.
    func use(of name: String, primitive: String) throws -> [Change] {
        guard let asset = try services.store.asset(name) else { return [] }
        let record: [String: Value] = [
            "asset": .text(name), "version": .integer(Int64(asset.version)),
            "runbook": .text(runbook), "primitive": .text(primitive), "by": .text(by),
            "where": position.map { .text($0.description) } ?? .null,
            "tenant": scope.map { .text($0) } ?? .null,
        ]
        let topic = admits(asset) ? "asset.used" : "asset.refused"
        return [
            .recorded(
                Event(
                    topic: topic, run: place.run, record: Value.object(record).canonicalJSON,
                    at: startedAt))
        ]
    }

    /// The record of every secret that the arguments name.
    func usesOfSecrets(primitive: String) throws -> [Change] {
        let names = arguments.values.reduce(into: Set<String>()) { $1.collectAssets(into: &$0) }
        return try names.sorted().flatMap { try use(of: $0, primitive: primitive) }
    }

    private func admits(_ asset: Asset) -> Bool {
        asset.scope.admits(runbook: runbook, tenant: scope)
    }
}

extension Value {
    /// The names of the assets whose handles stand in the value.
    fileprivate func collectAssets(into names: inout Set<String>) {
        switch self {
        case .object(let fields):
            if let name = fields["$asset"]?.text { names.insert(name) }
            for field in fields.values { field.collectAssets(into: &names) }
        case .list(let values):
            for value in values { value.collectAssets(into: &names) }
        default: return
        }
    }
}
