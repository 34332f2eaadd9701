// What people do with the library: import, put in force, go back, look, carry away.
import Model
import Store

extension Orchestrator {
    private var store: Store { services.store }

    /// What an import did.
    package struct Import: Sendable {
        /// The new drafts.
        package var versions: [LibraryVersion]
        /// Names whose text was there already.
        package var unchanged: [String]
    }

    /// Makes drafts of texts, all or none; equal to what is there they make nothing. `scope` is the
    /// tenant they are for.
    ///
    /// Raises `library.import_refused` with every fault, and `store.conflict` when somebody else
    /// imported at the same moment.
    package func importTexts(
        _ texts: [String: String], scope: String? = nil, by person: Person
    ) async throws -> Import {
        try await ImportCheck(orchestrator: self, texts: texts, scope: scope).run()
        var made = Import(versions: [], unchanged: [])
        var changes: [Change] = []
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            let known = try store.libraryVersions(of: name)
            let entry = try store.libraryEntry(name)
            let digest = Digest(of: text)
            let last = known.first { $0.number == entry?.draft ?? entry?.published }
            if let last, last.digest == digest, last.scope == scope {
                made.unchanged.append(name)
                continue
            }
            let version = LibraryVersion(
                name: name, number: (known.first?.number ?? 0) + 1, digest: digest, scope: scope,
                by: person.name, at: services.clock.now)
            made.versions.append(version)
            changes += [
                .sourceStored(text), .versionImported(version), .draftSet(name, version.number),
            ]
        }
        guard !changes.isEmpty else { return made }
        let list = made.versions.map { "\($0.name) \($0.number)" }.joined(separator: ", ")
        try await store.commit(changes + [decided("import \(list)", by: person.name)])
        return made
    }

    /// Puts drafts in force, all or none; of every name that has one when `names` is empty.
    ///
    /// Raises `name.unknown` for a name without a draft.
    package func publish(
        _ names: [String], reason: String?, by person: Person
    ) async throws -> [Publication] {
        let entries = try store.libraryEntries().filter { $0.draft != nil }
        for name in names where !entries.contains(where: { $0.name == name }) {
            let hint = Spelling.hint(for: name, among: entries.map(\.name))
            throw Failure(
                .unknownName, "the library has no draft of '\(name)'\(hint)",
                context: ["name": name])
        }
        let wanted = entries.filter { names.isEmpty || names.contains($0.name) }
        return try await put(
            wanted.compactMap { entry in entry.draft.map { (entry.name, $0) } },
            isRollback: false, reason, person)
    }

    /// Puts an earlier version in force again: the one before the present when `number` is nil.
    ///
    /// Raises `name.unknown` when there is none such.
    package func rollBack(
        _ name: String, to number: Int? = nil, reason: String?, by person: Person
    ) async throws -> Publication {
        let past = try store.publications(of: name)
        let before = past.first { $0.version != past.first?.version }?.version
        guard let number = number ?? before, try store.libraryVersion(name, number) != nil else {
            throw Failure(
                .unknownName,
                "'\(name)' has no \(number.map { "version \($0)" } ?? "earlier version") to go back "
                    + "to; see `muster library history \(name)`",
                context: ["name": name])
        }
        return try await put([(name, number)], isRollback: true, reason, person)[0]
    }

    private func put(
        _ versions: [(name: String, number: Int)], isRollback: Bool, _ reason: String?,
        _ person: Person
    ) async throws -> [Publication] {
        let publications = versions.map { name, number in
            Publication(
                name: name, version: number, isRollback: isRollback, by: person.name,
                reason: reason, at: services.clock.now)
        }
        guard !publications.isEmpty else { return [] }
        let act = isRollback ? "roll back to" : "publish"
        let list = versions.map { "\($0.name) \($0.number)" }.joined(separator: ", ")
        try await store.commit(
            publications.map { .published($0) }
                + [decided("\(act) \(list)", by: person.name, reason: reason)])
        ring(Notice(.libraryChanged))
        return publications
    }
}
