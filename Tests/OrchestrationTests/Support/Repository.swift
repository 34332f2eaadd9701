// The files of this repository that tests read: Lua beside its tests, and what is generated.
import Foundation
import LuaRuntime
import Model

enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func write(_ text: String, to path: String) throws {
        let file = root.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// A runbook of the repository, else a module of the program's library.
    static func module(_ name: String) -> LuaModule? {
        if let text = try? text("runbooks/\(name).lua") {
            return LuaModule(name: "runbooks/\(name).lua", text: text)
        }
        return try? Baked.module(name)
    }

    /// The runbooks and plans by name.
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
