// Assets and their uses, as the commands show them: what is hidden has a name and no value.
import Model
import Store

extension Asset {
    var view: Value {
        [
            "name": .text(name), "kind": .text(kind.rawValue), "version": .integer(Int64(version)),
            "value": value, "hidden": .list(hidden.map { .text($0) }),
            "runbooks": .list(scope.runbooks.map { .text($0) }),
            "tenants": .list(scope.tenants.map { .text($0) }), "changed_by": .text(changedBy),
            "changed_at": .text(changedAt.description),
        ]
    }

    /// The open part on one line, and the names of the rest.
    var shown: String {
        let veiled = hidden.map { "\($0)=\(Secret.mark)" }
        switch kind {
        case .variable: return value.text ?? value.canonicalJSON
        case .certificate: return veiled.joined(separator: " ")
        case .credential, .connection:
            let fields = (value.object ?? [:]).sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value.text ?? $0.value.canonicalJSON)" }
            return (fields + veiled).joined(separator: " ")
        }
    }
}

extension Event {
    /// An asset's use or refusal: the event's own particulars, its run and its time.
    var useView: Value {
        get throws {
            var view = try Value(json: record).object ?? [:]
            view["at"] = .text(at.description)
            view["run"] = run.map { .integer($0.number) } ?? .null
            view["outcome"] = .text(topic == "asset.used" ? "used" : "refused")
            return .object(view)
        }
    }
}
