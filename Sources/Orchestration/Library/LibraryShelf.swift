// The store's versions, as one asker sees them: what is in force, or drafts, or for a run that goes
// on whichever of the two it was started with.
import LuaRuntime
import Model
import Store

struct LibraryShelf: Sendable {
    enum View: Sendable {
        case published
        case draft
        /// That version of one name; for all others what is in force.
        case version(Int, of: String)
        case run(RunID)
    }

    let store: Store
    var view = View.published

    /// The names with a text in this view.
    func names() throws -> [String] {
        try store.libraryEntries().filter { try number(in: $0) != nil }.map(\.name)
    }

    /// The text of a name; nil when the library has none in this view. Raises
    /// `library.unreadable`.
    func text(of name: String) throws(Failure) -> String? {
        do {
            guard let version = try version(of: name) else { return nil }
            return try store.text(of: version)
        } catch {
            throw Failure(error, as: .libraryUnreadable)
        }
    }

    /// The version of a name in this view; nil when there is none. Raises `name.unknown` for a
    /// version that was asked for by its number.
    func version(of name: String) throws -> LibraryVersion? {
        if case .version(let wanted, let named) = view, named == name {
            if let version = try store.libraryVersion(name, wanted) { return version }
            let count = try store.libraryVersions(of: name).count
            throw Failure(
                .unknownName,
                "'\(name)' has no version \(wanted), of \(count) that there are; see "
                    + "`muster library history \(name)`",
                context: ["name": name, "version": "\(wanted)"])
        }
        guard let entry = try store.libraryEntry(name), let number = try number(in: entry) else {
            return nil
        }
        return try store.libraryVersion(name, number)
    }

    private func number(in entry: LibraryEntry) throws -> Int? {
        try isOfDrafts ? entry.draft ?? entry.published : entry.published
    }

    private var isOfDrafts: Bool {
        get throws {
            switch view {
            case .draft: true
            case .published, .version: false
            case .run(let run): try store.edition(of: run)?.isDraft == true
            }
        }
    }
}

extension Store {
    /// The text of a version, proven by its digest. Raises `library.unreadable`.
    func text(of version: LibraryVersion) throws -> String {
        guard let text = try source(version.digest), Digest(of: text) == version.digest else {
            throw Failure(
                .libraryUnreadable,
                "version \(version.number) of '\(version.name)' is damaged in the store; publish "
                    + "another, or restore a backup",
                context: ["name": version.name, "version": "\(version.number)"])
        }
        return text
    }
}

extension Orchestrator {
    /// The library as a run that has begun goes on with it.
    func library(of run: RunID) -> Library {
        library.over(LibraryShelf(store: services.store, view: .run(run)))
    }
}

extension RunStarting {
    /// The library as a request asks for it.
    func library(_ edition: LibraryEdition, of name: String) -> Library {
        library.over(shelf(edition, of: name))
    }

    private func shelf(_ edition: LibraryEdition, of name: String) -> LibraryShelf {
        let view: LibraryShelf.View =
            switch edition {
            case .published: .published
            case .draft: .draft
            case .version(let number): .version(number, of: name)
            }
        return LibraryShelf(store: services.store, view: view)
    }

    /// What is kept with the run that a request starts; nil when its text is of the folder. Raises
    /// what finding the version raises.
    func runEdition(of request: RunRequest) throws -> RunEdition? {
        try version(for: request).map { version in
            RunEdition(version: version.number, isDraft: request.edition == .draft)
        }
    }

    /// The version a request would run; nil when its text is of the folder.
    ///
    /// Raises `name.unknown` when a draft or version is asked for and there is none, and
    /// `scope.refused` for one that was imported for another tenant.
    private func version(for request: RunRequest) throws -> LibraryVersion? {
        let name = LuaModule.runbookName(of: request.name)
        guard let version = try shelf(request.edition, of: name).version(of: name) else {
            if request.edition == .published { return nil }
            throw Failure(
                .unknownName,
                "the library has no draft of '\(name)'; `muster library import` makes one",
                context: ["name": name])
        }
        guard version.scope == nil || version.scope == request.scope else {
            throw Failure(
                .refused,
                "'\(name)' was imported for \(version.scope ?? ""): run it with --scope "
                    + (version.scope ?? ""),
                context: ["name": name])
        }
        return version
    }
}
