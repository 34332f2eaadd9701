// Where texts come from. One rule: what is published counts; what is not published is read from an
// author's folder; what is not there either is baked into the program. A run asks once for each
// text and keeps what it got (RunSources).
import LuaRuntime
import Model

package struct Library: Sendable {
    /// Reads an author's file by a path below the folder; nil when there is none.
    private let read: @Sendable (String) throws(Failure) -> String?
    /// The names of the files in the folder.
    private let list: @Sendable () -> [String]
    /// The baked-in modules by name, the preludes among them.
    private let baked: [String: String]
    /// The versions in the store, as somebody asks for them; nil for a library of files alone.
    private var shelf: LibraryShelf?
    /// Texts that count before all others: those that are about to be imported.
    private var candidates: [String: String] = [:]

    package init(
        baked: [String: String], list: @escaping @Sendable () -> [String],
        read: @escaping @Sendable (String) throws(Failure) -> String?
    ) {
        self.baked = baked
        self.list = list
        self.read = read
    }

    /// The same library with the store's versions before the folder.
    func over(_ shelf: LibraryShelf) -> Library {
        var library = self
        library.shelf = shelf
        return library
    }

    /// The same library as if these texts were in force.
    func trying(_ texts: [String: String]) -> Library {
        var library = self
        library.candidates = texts
        return library
    }

    /// The module that `require` names: the author's own first, so that one of ours can be
    /// replaced.
    package func module(_ name: String) throws(Failure) -> LuaModule? {
        if Self.preludes.contains(name) { return bakedModule(name) }
        if let text = try text(of: name) { return LuaModule(name: "\(name).lua", text: text) }
        return bakedModule(name)
    }

    /// The file of a plan or runbook named on the command line: `web-shop`, `web-shop.lua`.
    ///
    /// Raises `run.source_missing` with the nearest name, and `library.unreadable`.
    package func file(_ name: String) throws(Failure) -> LuaModule {
        let bare = LuaModule.runbookName(of: name)
        if let text = try text(of: bare) { return LuaModule(name: "\(bare).lua", text: text) }
        let names = self.names
        throw Failure(
            .sourceMissing,
            "there is no plan or runbook '\(name)'\(Spelling.hint(for: name, among: names))",
            context: ["name": name])
    }

    /// The plans and runbooks of the library and the folder by name, tests left out.
    package var names: [String] {
        let files = list().filter { $0.hasSuffix(".lua") && !$0.hasSuffix(".test.lua") }
            .map { String($0.dropLast(4)) }
        return Set(files).union((try? shelf?.names()) ?? []).sorted()
    }

    /// Raises `library.unreadable` when a text that these texts name by `require "…"`, or one that
    /// those name in turn, is there and cannot be read (N-8).
    func checkReadable(_ file: LuaModule) throws(Failure) {
        var seen: Set<String> = []
        var texts = [file.text]
        while let text = texts.popLast() {
            for name in RequiredNames.said(in: text) where seen.insert(name).inserted {
                if let module = try module(name), !module.isTrusted { texts.append(module.text) }
            }
        }
    }

    /// The names of the chunks that run before an author's: the constructors of cards, and the
    /// forms of Lua that primitives take.
    package static let preludes = ["prelude", "branches"]

    /// The same chunks, in their order, from wherever `find` finds them.
    static func preludes(
        _ find: (String) throws(Failure) -> LuaModule?
    ) throws(Failure) -> [LuaModule] {
        var found: [LuaModule] = []
        for name in preludes {
            if let module = try find(name) { found.append(module) }
        }
        return found
    }

    private func text(of name: String) throws(Failure) -> String? {
        if let text = candidates[name] { return text }
        if !name.contains("/"), let text = try shelf?.text(of: name) { return text }
        return try read("\(name).lua")
    }

    private func bakedModule(_ name: String) -> LuaModule? {
        baked[name].map { LuaModule(name: name, text: $0, isTrusted: true) }
    }
}

extension LuaModule {
    /// What a run of the file is called: `web-shop`.
    var runbookName: String { Self.runbookName(of: name) }

    /// The name without its ending, which people may write or leave out.
    static func runbookName(of file: String) -> String {
        file.hasSuffix(".lua") ? String(file.dropLast(4)) : file
    }
}
