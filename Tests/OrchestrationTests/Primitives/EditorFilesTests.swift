// What an editor reads is what the catalogue says, and it is Lua. `SNAPSHOT_UPDATE=1` writes it
// anew.
import Foundation
import LuaRuntime
import Model
import Orchestration
import TestSupport
import Testing

@Suite struct EditorFilesTests {
    private static let path = "stdlib/meta/muster.lua"

    @Test func `the descriptions for editors are those of the catalogue`() throws {
        let made = EditorFiles.descriptions
        guard (try? Repository.text(Self.path)) != made else { return }
        if ProcessInfo.processInfo.environment["SNAPSHOT_UPDATE"] == "1" {
            try Repository.write(made, to: Self.path)
        }
        Issue.record("\(Self.path) is stale: run again with SNAPSHOT_UPDATE=1 and build")
    }

    @Test func `the descriptions are Lua that an editor takes as such`() throws {
        try LuaState.checkSyntax(EditorFiles.descriptions, name: Self.path)
        #expect(EditorFiles.descriptions.hasPrefix("---@meta\n"))
        #expect(!EditorFiles.descriptions.contains("…("))
    }

    @Test func `every annotation is of a known form`() throws {
        let forms = [
            #"---@meta"#, #"---@class muster\.[a-z_.]+"#,
            #"---@overload fun\(.*\): muster\.(plan|site)"#,
            #"---@field ([a-z_]+\??|\[(1|2|integer)\]) \S.* \S.*"#,
            #"---@param ([a-z_]+\??|\.\.\.) \S.*"#, #"---@return \S.*( # .*)?"#,
        ]
        let known = try Regex("(" + forms.joined(separator: "|") + ")")
        for line in lines where line.hasPrefix("---@") {
            #expect(line.wholeMatch(of: known) != nil, "\(line)")
        }
    }

    @Test func `every class that is named is described`() {
        let described = Set(
            lines.compactMap { $0.wholeMatch(of: /---@class (muster\.\S+)/)?.1 }.map(String.init))
        for line in lines where line.hasPrefix("---@") {
            for name in line.matches(of: /muster\.[a-z_]+(\.[a-z_]+)?/).map({ String($0.0) }) {
                #expect(described.contains(name), "\(line)")
            }
        }
    }

    @Test func `every primitive has its function and its try form`() {
        let functions = Set(
            lines.compactMap { $0.wholeMatch(of: /function ([a-z_.]+)\(.*\) end/)?.1 }
                .map(String.init))
        for primitive in Catalogue().primitives {
            #expect(functions.contains(primitive.name))
            #expect(functions.contains("\(primitive.namespace).try_\(primitive.verb)"))
        }
        #expect(
            functions.isSuperset(of: ["plan.step", "plan.manual", "plan.group", "plan.machine"]))
        #expect(functions.contains("runbook"))
    }

    @Test func `parameters of a function are those of its notes, in order`() {
        var noted: [String] = []
        for line in lines {
            if let name = line.prefixMatch(of: /---@param ([a-z_]+|\.\.\.)/)?.1 {
                noted.append(String(name))
            } else if let match = line.wholeMatch(of: /function [a-z_.]+\((.*)\) end/) {
                #expect(match.1 == noted.joined(separator: ", "), "\(line)")
                noted = []
            }
        }
    }

    @Test func `the settings are JSON`() throws {
        let settings = try JSONSerialization.jsonObject(with: Data(EditorFiles.settings.utf8))
        #expect((settings as? [String: Any])?["runtime.version"] as? String == "Lua 5.4")
    }

    private var lines: [String] {
        EditorFiles.descriptions.split(separator: "\n").map(String.init)
    }
}
