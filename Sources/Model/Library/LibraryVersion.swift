// Versions of runbooks, plans and modules. A version never changes; which one is in force is said
// by the last publication of its name.

package struct LibraryVersion: Sendable, Hashable {
    package var name: String
    /// Counted from 1.
    package var number: Int
    package var digest: Digest
    /// The tenant it was imported for; nil for the house.
    package var scope: String?
    package var by: String
    package var at: Timestamp

    package init(
        name: String, number: Int, digest: Digest, scope: String? = nil, by: String, at: Timestamp
    ) {
        self.name = name
        self.number = number
        self.digest = digest
        self.scope = scope
        self.by = by
        self.at = at
    }
}

/// A version put in force.
package struct Publication: Sendable, Hashable {
    package var name: String
    package var version: Int
    /// Whether it was in force before.
    package var isRollback: Bool
    package var by: String
    package var reason: String?
    package var at: Timestamp

    package init(
        name: String, version: Int, isRollback: Bool, by: String, reason: String?, at: Timestamp
    ) {
        self.name = name
        self.version = version
        self.isRollback = isRollback
        self.by = by
        self.reason = reason
        self.at = at
    }
}

/// How a name of the library stands.
package struct LibraryEntry: Sendable, Hashable {
    package var name: String
    package var published: Int?
    package var draft: Int?

    package init(name: String, published: Int?, draft: Int?) {
        self.name = name
        self.published = published
        self.draft = draft
    }
}

/// Which texts somebody asks for.
package enum LibraryEdition: Sendable, Hashable {
    /// What is in force.
    case published
    /// Drafts, where there are some.
    case draft
    /// That version of the file that is run; for all else what is in force.
    case version(Int)
}

/// The version a run was started with.
package struct RunEdition: Sendable, Hashable {
    package var version: Int
    /// Whether it asked for drafts: what it requires later is a draft too, where there is one.
    package var isDraft: Bool

    package init(version: Int, isDraft: Bool) {
        self.version = version
        self.isDraft = isDraft
    }
}
