// Import, publish, roll back, look: what stands in the library, and who said so.
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct LibraryVersionTests {
    private func text(_ words: String) -> String {
        "return runbook { summary = \"\(words)\", run = function()\nreturn \"\(words)\"\nend }\n"
    }

    @Test func `B-7: imported texts are drafts, and what is equal makes no version`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        let first = try await engine.importTexts(
            ["drill": text("one"), "dns": "return {}"], by: World.eva)
        #expect(first.versions.map(\.name) == ["dns", "drill"])
        #expect(first.versions.map(\.number) == [1, 1])
        let again = try await engine.importTexts(
            ["drill": text("two"), "dns": "return {}"], by: World.eva)
        #expect(again.versions.map(\.number) == [2])
        #expect(again.unchanged == ["dns"])
        _ = try await engine.publish([], reason: "tried", by: World.eva)
        let third = try await engine.importTexts(["drill": text("two")], by: World.eva)
        #expect(third.versions.isEmpty && third.unchanged == ["drill"])
        #expect(
            try engine.libraryEntries() == [
                LibraryEntry(name: "dns", published: 1, draft: nil),
                LibraryEntry(name: "drill", published: 2, draft: nil),
            ])
        let decisions = try engine.services.store.decisions()
        #expect(
            decisions.map(\.what) == [
                "import dns 1, drill 1", "import drill 2", "publish dns 1, drill 2",
            ])
        #expect(decisions.last?.reason == "tried")
    }

    @Test func `B-7: one fault refuses all, and every fault is listed with its line`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        let texts = [
            "good": text("good"), "syntax": "return runbook {",
            "card": "return runbook {\n  sumary = \"x\", run = function() end }",
            "fault": "local x\nreturn x.y", "needs": "return require \"nothing\"",
        ]
        await #expect {
            _ = try await engine.importTexts(texts, by: World.eva)
        } throws: { error in
            guard let failure = error as? Failure else { return false }
            let message = failure.message
            return failure.code == .importRefused && failure.context["faults"] == "4"
                && message.contains("syntax.lua:1") && message.contains("card.lua:1")
                && message.contains("fault.lua:2") && message.contains("needs.lua:1")
                && message.contains("summary")
        }
        #expect(try engine.libraryEntries().isEmpty)
        #expect(try engine.services.store.decisions().isEmpty)
    }

    @Test func `B-7: texts that need each other are imported together`() async throws {
        let world = try await World()
        let engine = try world.engine()
        let made = try await engine.importTexts(
            [
                "greeting": "return { hello = function(name) return \"hello \" .. name end }",
                "greet": """
                return runbook { summary = require("greeting").hello("x"), run = function() end }
                """,
            ], by: World.eva)
        #expect(made.versions.count == 2)
    }

    @Test func `B-7: a card that asks for more than its scope allows is refused at import`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        try await engine.assets.save(
            "house-key", .variable, value: 1, scope: AssetScope(tenants: ["fabrikam"]),
            by: World.eva)
        let looks = """
            return runbook { summary = fabric.vm("VM").name, run = function() end }
            """
        let needs = """
            return runbook { summary = "x", assets = { "ASSET" }, run = function() end }
            """
        let plan = """
            return plan { summary = "x", source = "oslo", target = "bergen",
              groups = { plan.group { "a", vms = { "VM" } } } }
            """
        let greedy = [
            looks.replacing("VM", with: "sql01"), plan.replacing("VM", with: "sql01"),
            needs.replacing("ASSET", with: "house-key"),
        ]
        for text in greedy {
            await #expect {
                _ = try await engine.importTexts(["card": text], scope: "contoso", by: World.eva)
            } throws: { error in
                let failure = error as? Failure
                return failure?.code == .importRefused && failure?.cause?.code == .refused
            }
            _ = try await engine.importTexts(["card": text], by: World.eva)
        }
        for text in [looks, plan].map({ $0.replacing("VM", with: "wap01") }) {
            _ = try await engine.importTexts(["modest": text], scope: "contoso", by: World.eva)
        }
        await #expect {
            _ = try await engine.importTexts(
                ["card": needs.replacing("ASSET", with: "house-kye")], by: World.eva)
        } throws: { ($0 as? Failure)?.message.contains("did you mean 'house-key'?") == true }
    }

    @Test func `B-7: history tells each version and when it was in force`() async throws {
        let world = try await World()
        let engine = try world.engine()
        for words in ["one", "two", "three"] {
            _ = try await engine.importTexts(["drill": text(words)], by: World.eva)
            _ = try await engine.publish(["drill"], reason: words, by: World.eva)
        }
        let back = try await engine.rollBack("drill", reason: "three is wrong", by: World.eva)
        #expect(back.version == 2 && back.isRollback)
        #expect(try await engine.rollBack("drill", to: 1, reason: nil, by: World.eva).version == 1)
        let history = try engine.history(of: "drill")
        #expect(history.versions.map(\.number) == [3, 2, 1])
        #expect(history.publications.map(\.version) == [1, 2, 3, 2, 1])
        #expect(history.publications[1].reason == "three is wrong")
    }

    @Test func `B-7: two versions differ by the lines that were changed`() async throws {
        let world = try await World()
        let engine = try world.engine()
        for words in ["one", "two", "three"] {
            _ = try await engine.importTexts(["drill": text(words)], by: World.eva)
            if words == "one" { _ = try await engine.publish([], reason: nil, by: World.eva) }
        }
        let draft = try engine.difference(of: "drill")
        #expect(draft.from == 1 && draft.to == 3)
        #expect(
            draft.lines.contains("-return \"one\"") && draft.lines.contains("+return \"three\""))
        let named = try engine.difference(of: "drill", from: 3, to: 2)
        #expect(
            named.lines.contains("-return \"three\"") && named.lines.contains("+return \"two\""))
        #expect(try engine.difference(of: "drill", from: 2, to: 2).lines.isEmpty)
    }

    @Test func `B-7: what is not there is told with what is`() async throws {
        let world = try await World()
        let engine = try world.engine()
        _ = try await engine.importTexts(["drill": text("one")], by: World.eva)
        let asked: [@Sendable () async throws -> Void] = [
            { _ = try engine.history(of: "dril") },
            { _ = try await engine.publish(["dril"], reason: nil, by: World.eva) },
            { _ = try await engine.rollBack("drill", reason: nil, by: World.eva) },
            { _ = try await engine.rollBack("drill", to: 7, reason: nil, by: World.eva) },
            { _ = try engine.difference(of: "drill", from: 1, to: 7) },
            { _ = try engine.bundle(["drill"]) },
        ]
        for ask in asked {
            await #expect { try await ask() } throws: { ($0 as? Failure)?.code == .unknownName }
        }
        #expect(try engine.libraryEntry("drill")?.published == nil)
    }

    @Test func `B-7: a bundle carries what is in force to another lab, and makes nothing twice`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        let texts = ["drill": text("one"), "dns": "return {}"]
        _ = try await engine.importTexts(texts, by: World.eva)
        #expect(try engine.bundle([]).texts.isEmpty)
        #expect(try engine.bundle([], drafts: true).texts == texts)
        _ = try await engine.publish([], reason: nil, by: World.eva)
        let bundle = try engine.bundle([])
        let elsewhere = try await World()
        let other = try elsewhere.engine()
        let read = try Bundle(bytes: bundle.bytes)
        #expect(try await other.importTexts(read.texts, by: World.eva).versions.count == 2)
        #expect(try await other.importTexts(read.texts, by: World.eva).versions.isEmpty)
        _ = try await other.publish([], reason: nil, by: World.eva)
        #expect(try other.bundle([]).bytes == bundle.bytes)
    }

    @Test func `B-7: an engine that dies while it imports leaves all drafts or none`()
        async throws
    {
        for moment in Death.Moment.allCases {
            let world = try await World()
            _ = try? await world.engine(dying: Death(at: 1, moment)).importTexts(
                ["a": text("a"), "b": text("b")], by: World.eva)
            let names = try world.engine().libraryEntries().map(\.name)
            #expect(names == (moment == .before ? [] : ["a", "b"]))
        }
    }
}

extension Orchestrator {
    fileprivate func libraryEntry(_ name: String) throws -> LibraryEntry? {
        try libraryEntries().first { $0.name == name }
    }
}
