// Where texts come from: an author's folder of runbooks and modules, and the library baked into the
// program. A run asks once for each text and keeps what it got (RunSources).
import LuaRuntime
import Model

package struct Library: Sendable {
    /// Reads an author's file by a path below the folder; nil when there is none.
    private let read: @Sendable (String) throws(Failure) -> String?
    /// The names of the files in the folder.
    private let list: @Sendable () -> [String]
    /// The baked-in modules by name, the preludes among them.
    private let baked: [String: String]

    package init(
        baked: [String: String], list: @escaping @Sendable () -> [String],
        read: @escaping @Sendable (String) throws(Failure) -> String?
    ) {
        self.baked = baked
        self.list = list
        self.read = read
    }

    /// The module that `require` names: the author's own first, so that one of ours can be
    /// replaced.
    package func module(_ name: String) throws(Failure) -> LuaModule? {
        if Self.preludes.contains(name) { return bakedModule(name) }
        if let text = try read("\(name).lua") {
            return LuaModule(name: "\(name).lua", text: text)
        }
        return bakedModule(name)
    }

    /// The file of a plan or runbook named on the command line: `web-shop`, `web-shop.lua`.
    ///
    /// Raises `run.source_missing` with the nearest name.
    package func file(_ name: String) throws(Failure) -> LuaModule {
        let file = name.hasSuffix(".lua") ? name : "\(name).lua"
        if let text = try read(file) { return LuaModule(name: file, text: text) }
        let names = self.names
        throw Failure(
            .sourceMissing,
            "there is no plan or runbook '\(name)'\(Spelling.hint(for: name, among: names))",
            context: ["name": name])
    }

    /// The plans and runbooks of the folder by name, tests left out.
    package var names: [String] {
        list().filter { $0.hasSuffix(".lua") && !$0.hasSuffix(".test.lua") }
            .map { String($0.dropLast(4)) }.sorted()
    }

    /// The names of the chunks that run before an author's: the constructors of cards, and the forms
    /// of Lua that primitives take.
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

    private func bakedModule(_ name: String) -> LuaModule? {
        baked[name].map { LuaModule(name: name, text: $0, isTrusted: true) }
    }
}
