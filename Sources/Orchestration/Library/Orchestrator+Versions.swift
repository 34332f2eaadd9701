// Looking at the library: what stands, what was, how two versions differ, and all of it as a file.
import Model
import Store

extension Orchestrator {
    private var store: Store { services.store }

    /// Every name of the library with its versions in force and in draft.
    package func libraryEntries() throws -> [LibraryEntry] { try store.libraryEntries() }

    /// Every version of a name and what was put in force, newest first. Raises `name.unknown`.
    package func history(
        of name: String
    ) throws -> (versions: [LibraryVersion], publications: [Publication]) {
        let versions = try store.libraryVersions(of: name)
        guard !versions.isEmpty else {
            let names = try store.libraryEntries().map(\.name)
            throw Failure(
                .unknownName,
                "the library has no '\(name)'\(Spelling.hint(for: name, among: names))",
                context: ["name": name])
        }
        return (versions, try store.publications(of: name))
    }

    /// The lines by which two versions differ. Left out, they are what is in force and the draft;
    /// without a draft, the newest version and the one before it.
    ///
    /// Raises `name.unknown`.
    package func difference(
        of name: String, from first: Int? = nil, to second: Int? = nil
    ) throws -> (from: Int, to: Int, lines: [String]) {
        let versions = try history(of: name).versions
        let entry = try store.libraryEntry(name)
        let newest = second ?? entry?.draft ?? versions[0].number
        let base = first ?? (entry?.draft == nil ? newest - 1 : entry?.published ?? newest - 1)
        let texts = try [base, newest].map { number in
            if number == 0 { return "" }
            let view = LibraryShelf.View.version(number, of: name)
            return try LibraryShelf(store: store, view: view).text(of: name) ?? ""
        }
        return (base, newest, TextDifference.lines(from: texts[0], to: texts[1]))
    }

    /// What is in force as one file, or drafts where there are some; of every name when `names` is
    /// empty. Raises `name.unknown` for a name without a text.
    package func bundle(_ names: [String], drafts: Bool = false) throws -> Bundle {
        let shelf = LibraryShelf(store: store, view: drafts ? .draft : .published)
        let there = try shelf.names()
        var texts: [String: String] = [:]
        for name in names.isEmpty ? there : names {
            guard let text = try shelf.text(of: name) else {
                throw Failure(
                    .unknownName,
                    "nothing of '\(name)' is in force\(Spelling.hint(for: name, among: there))",
                    context: ["name": name])
            }
            texts[name] = text
        }
        return Bundle(texts: texts)
    }
}
