// Who acts, and who may answer. Pure: the faces of the program find out who somebody is.

/// Somebody at a keyboard or behind a token.
package struct Person: Sendable, Hashable, Codable {
    package var name: String
    package var roles: Set<String>
    /// The subscription whose person this is; nil for one of the house.
    package var tenant: String?

    package init(name: String, roles: Set<String> = [], tenant: String? = nil) {
        self.name = name
        self.roles = roles
        self.tenant = tenant
    }
}

/// Who may answer a question: `role:fabric-admin`, `user:eva`, or anybody.
package enum Answerer: Sendable, Hashable {
    case anybody
    case user(String)
    case role(String)

    /// Reads what an author writes in `by`; nil is anybody.
    ///
    /// Raises `usage.invalid` when the text is neither `user:NAME` nor `role:NAME`.
    package init(parsing text: String?) throws(Failure) {
        guard let text else {
            self = .anybody
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts.first, parts.dropFirst().first) {
        case ("user", .some(let name)) where !name.isEmpty: self = .user(String(name))
        case ("role", .some(let name)) where !name.isEmpty: self = .role(String(name))
        default:
            throw Failure(
                .usage, "'\(text)' is nobody who may answer: write \"user:NAME\" or \"role:NAME\"")
        }
    }

    /// The form ``init(parsing:)`` reads; nil for anybody.
    package var text: String? {
        switch self {
        case .anybody: nil
        case .user(let name): "user:\(name)"
        case .role(let name): "role:\(name)"
        }
    }

    /// Whether `person` may answer.
    package func admits(_ person: Person) -> Bool {
        switch self {
        case .anybody: true
        case .user(let name): person.name == name
        case .role(let name): person.roles.contains(name)
        }
    }
}
