// A value that runbooks use by name. What may be read stands in the open; what may not is sealed,
// and this room cannot open it.

package struct Asset: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case variable, credential, certificate, connection
    }

    /// Secrets as they are kept: sealed, and the name of the key that opens them.
    package struct Sealed: Sendable, Hashable {
        package var bytes: [UInt8]
        package var key: String

        package init(bytes: [UInt8], key: String) {
            self.bytes = bytes
            self.key = key
        }
    }

    package var name: String
    package var kind: Kind
    /// Counted from 1; each change of value or secret is the next.
    package var version: Int
    /// What may be read: a variable's value, a credential's `user`, a certificate, the fields of a
    /// connection.
    package var value: Value
    /// The names of what is hidden, in their order.
    package var hidden: [String]
    package var sealed: Sealed?
    package var scope: AssetScope
    package var changedBy: String
    package var changedAt: Timestamp

    package init(
        name: String, kind: Kind, version: Int = 1, value: Value, hidden: [String] = [],
        sealed: Sealed? = nil, scope: AssetScope = AssetScope(), changedBy: String,
        changedAt: Timestamp
    ) {
        self.name = name
        self.kind = kind
        self.version = version
        self.value = value
        self.hidden = hidden
        self.sealed = sealed
        self.scope = scope
        self.changedBy = changedBy
        self.changedAt = changedAt
    }

    /// What a seal covers beside the secrets: a row cannot be put in another's place.
    package var purpose: String { "muster asset \(kind.rawValue) \(name) \(version)" }

    /// What a script holds of something hidden: the name, never the value.
    package func handle(_ field: String? = nil) -> Value {
        var handle: [String: Value] = ["$asset": .text(name), "version": .integer(Int64(version))]
        if let field { handle["field"] = .text(field) }
        return .object(handle)
    }
}

extension Asset.Kind {
    /// The one thing that a credential or a certificate hides; a connection names its own.
    package var hiddenField: String? {
        switch self {
        case .credential: "secret"
        case .certificate: "key"
        case .variable, .connection: nil
        }
    }
}

extension Value {
    /// `text`, `number`, `boolean` or `table`: what a variable of this value is; nil for none.
    package var assetType: String? {
        switch self {
        case .null: nil
        case .boolean: "boolean"
        case .integer, .float: "number"
        case .text: "text"
        case .list, .object: "table"
        }
    }
}
