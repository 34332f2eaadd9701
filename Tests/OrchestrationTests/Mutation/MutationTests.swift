// The tests beside the example plans, tested: of the mutants of each plan, nine in ten must be
// noticed. A mutant that the engine refuses to read is nobody's plan and counts for nothing.
import Foundation
import LuaRuntime
import Model
import TestSupport
import Testing

@Suite struct MutationTests {
    @Test(arguments: MutatedFile.examples)
    func `nine mutants of ten are noticed by the tests beside the plan`(file: MutatedFile) throws {
        var names = try file.runner.run().names
        var missed: [LuaMutant] = []
        var count = 0
        for mutant in LuaMutants(of: file.text).list where file.isReadable(mutant.text) {
            count += 1
            guard let index = try file.noticing(mutant.text, among: names) else {
                missed.append(mutant)
                continue
            }
            // Neighbours are mostly noticed by the same test: it is asked first.
            names.insert(names.remove(at: index), at: 0)
        }
        let told = missed.map { "\n    \($0)" }.joined()
        if !missed.isEmpty {
            print("\(file): \(count - missed.count) of \(count) mutants noticed; not:\(told)")
        }
        #expect(count > 0)
        #expect(missed.count * 10 <= count, "\(file):\(told)")
    }

    @Test func `the examples are all plans, what makes plans, and the roll`() {
        #expect(
            MutatedFile.examples.map(\.path) == [
                "runbooks/branch-to-head-office.lua", "runbooks/maintenance-roll.lua",
                "runbooks/management-stamp.lua", "runbooks/plan-of-plans.lua",
                "runbooks/web-shop.lua", "stdlib/office.lua",
            ])
    }

    @Test func `each item, statement and pair of neighbours is changed, comments and names kept`() {
        let text = """
            -- { "no", "table" }
            return plan {
              kinds = { "a, b", [[c}]] }, -- of these
              run = function(context)
                local vm = context.vm "x"
                if vm then
                  wait(vm, { every = 1 })
                else
                  stop()
                end
              end,
            }
            """
        #expect(
            LuaMutants(of: text).list.map(\.description) == [
                #"line 3, without: kinds = { "a, b", [[c}]] }"#,
                "line 4, without: run = function(context) local vm = context.vm \"x\" if vm then",
                #"line 3, without: "a, b""#, "line 3, without: [[c}]]",
                #"line 3, swapped with the next: "a, b""#,
                #"line 5, without: local vm = context.vm "x""#,
                "line 6, without: if vm then wait(vm, { every = 1 }) else stop() end",
                #"line 5, swapped with the next: local vm = context.vm "x""#,
                "line 7, without: wait(vm, { every = 1 })", "line 7, without: every = 1",
                "line 9, without: stop()",
            ])
        let swapped = LuaMutants(of: text).list[4].text
        #expect(swapped.contains(#"kinds = { [[c}]], "a, b" }, -- of these"#))
        #expect(LuaMutants(of: text).list[2].text.contains("kinds = {  [[c}]] }"))
    }
}

/// A file whose mutants are tried, and the test beside it.
struct MutatedFile: Sendable, CustomStringConvertible {
    let path: String
    let text: String

    static let examples: [MutatedFile] = Repository.luaTests.compactMap { test in
        let path = test.replacing(".test.lua", with: ".lua")
        guard let text = try? Repository.text(path) else { return nil }
        let makesPlan = text.contains(/(?m)^ *return (office\.)?plan \{/)
        guard makesPlan || path == "runbooks/maintenance-roll.lua" else { return nil }
        return MutatedFile(path: path, text: text)
    }

    var description: String { path }

    private var name: String { String(path.split(separator: "/").last?.dropLast(4) ?? "") }

    var runner: LuaTestRunner {
        get throws { try LuaTestRunner(path: path.replacing(".lua", with: ".test.lua")) }
    }

    /// Whether the engine reads the file's card, or that of a plan the module makes.
    func isReadable(_ mutated: String) -> Bool {
        var cards = Cards { name, _ in
            name == "fabric.select" ? [["name": "any01", "site": "oslo", "tags": ["data"]]] : .null
        }
        var text = mutated
        if path.hasPrefix("stdlib/") {
            cards.modules[name] = mutated
            text = (try? Repository.text("runbooks/branch-to-head-office.lua")) ?? ""
        }
        return (try? cards.plan(text)) != nil || (try? cards.runbook(text)) != nil
    }

    /// The first of these tests that does not hold of the mutant.
    func noticing(_ mutated: String, among names: [String]) throws -> Int? {
        var runner = try runner
        runner.replaced[name] = LuaModule(name: path, text: mutated)
        return names.firstIndex { runner.failure(of: $0) != nil }
    }
}
