// The Lua files of this repository by name, for tests that read or rewrite them.
import Foundation
import LuaRuntime
import Model
import Orchestration
import TestSupport

extension Repository {
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func write(_ text: String, to path: String) throws {
        let file = root.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// A module of the library as the program carries it.
    static func libraryModule(_ name: String) throws -> LuaModule {
        guard let text = Library.bakedModules[name] else {
            throw Failure(.luaModule, "the program has no module '\(name)'")
        }
        return LuaModule(name: name, text: text, isTrusted: true)
    }

    /// A runbook of the repository, else a module of the library.
    static func module(_ name: String) -> LuaModule? {
        runbook("\(name).lua").map { LuaModule(name: "runbooks/\(name).lua", text: $0) }
            ?? (try? libraryModule(name))
    }

    /// The plans and runbooks by name.
    static var runbooks: [String] {
        files(in: "runbooks").filter { $0.hasSuffix(".lua") && !$0.hasSuffix(".test.lua") }
            .map { String($0.dropLast(4)) }
    }

    static var luaTests: [String] {
        ["runbooks", "stdlib"].flatMap { folder in
            files(in: folder).filter { $0.hasSuffix(".test.lua") }.map { "\(folder)/\($0)" }
        }
    }

    private static func files(in folder: String) -> [String] {
        let path = root.appending(path: folder).path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}
