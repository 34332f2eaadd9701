// Which text a run is of: what is in force, a draft, a version, or the folder's; and that an engine
// beside it sees the same.
import LuaRuntime
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct LibraryRunTests {
    private func text(_ words: String) -> String {
        "return runbook { summary = \"x\", run = function()\nreturn \"\(words)\"\nend }\n"
    }

    private func returned(
        _ world: World, _ engine: Orchestrator, _ name: String,
        _ edition: LibraryEdition = .published
    ) async throws -> String? {
        var request = world.request(name)
        request.edition = edition
        let run = try await world.run(request, on: engine)
        if let failure = run.failure { throw failure }
        return try engine.services.store.events(of: run.id)
            .first { $0.topic == "run.returned" }?.record
    }

    @Test func `B-7: what is published counts, then the folder, and a draft changes nothing`()
        async throws
    {
        let world = try await World(runbooks: ["drill.lua": text("folder")])
        let engine = try world.engine()
        #expect(try await returned(world, engine, "drill") == #""folder""#)
        _ = try await engine.importTexts(["drill": text("first")], by: World.eva)
        #expect(try await returned(world, engine, "drill") == #""folder""#)
        #expect(try await returned(world, engine, "drill", .draft) == #""first""#)
        _ = try await engine.publish([], reason: nil, by: World.eva)
        world.write("drill", text("edited in the folder"))
        #expect(try await returned(world, engine, "drill") == #""first""#)
        _ = try await engine.importTexts(["drill": text("second")], by: World.eva)
        #expect(try await returned(world, engine, "drill") == #""first""#)
        #expect(try await returned(world, engine, "drill", .draft) == #""second""#)
        _ = try await engine.publish(["drill"], reason: nil, by: World.eva)
        #expect(try await returned(world, engine, "drill") == #""second""#)
        #expect(try await returned(world, engine, "drill", .version(1)) == #""first""#)
        _ = try await engine.rollBack("drill", reason: nil, by: World.eva)
        #expect(try await returned(world, engine, "drill") == #""first""#)
        #expect(try await returned(world, engine, "drill", .version(2)) == #""second""#)
    }

    @Test func `B-7: a run of a draft is recorded as one, and of a version with its number`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        _ = try await engine.importTexts(["drill": text("one")], by: World.eva)
        _ = try await engine.publish([], reason: nil, by: World.eva)
        _ = try await engine.importTexts(["drill": text("two")], by: World.eva)
        for edition in [LibraryEdition.published, .draft, .version(1)] {
            _ = try await returned(world, engine, "drill", edition)
        }
        let store = engine.services.store
        #expect(
            try store.decisions().map(\.what).suffix(3) == [
                "run drill (version 1)", "run drill (draft, version 2)", "run drill (version 1)",
            ])
        #expect(try store.edition(of: RunID(2)) == RunEdition(version: 2, isDraft: true))
        let report = try engine.report(RunID(2)).text
        #expect(report.contains("draft, version 2"), "\(report)")
    }

    @Test func `B-7: a draft or a version that is not there is refused before the run`()
        async throws
    {
        let world = try await World(runbooks: ["drill.lua": text("folder")])
        let engine = try world.engine()
        for edition in [LibraryEdition.draft, .version(1)] {
            await #expect {
                _ = try await returned(world, engine, "drill", edition)
            } throws: { ($0 as? Failure)?.code == .unknownName }
        }
        #expect(try engine.services.store.runs(limit: 1).isEmpty)
    }

    @Test func `B-7: what is published while a run waits does not touch it`() async throws {
        let world = try await World()
        let engine = try world.engine()
        let asking = """
            return runbook { summary = "x", run = function()
            job.ask "Go on?"
            return require("words").said
            end }
            """
        let texts = ["asks": asking, "words": "return { said = \"first\" }"]
        _ = try await engine.importTexts(texts, by: World.eva)
        _ = try await engine.publish([], reason: nil, by: World.eva)
        _ = try await engine.importTexts(["words": "return { said = \"draft\" }"], by: World.eva)
        var request = world.request("asks")
        request.edition = .draft
        let drafted = try await engine.start(request)
        let plain = try await engine.start(world.request("asks"))
        for id in [drafted, plain] { #expect(try await engine.pass(id).state == .waiting) }
        _ = try await engine.importTexts(["asks": text("another")], by: World.eva)
        _ = try await engine.publish(["asks"], reason: nil, by: World.eva)
        for (id, said) in [(drafted, "draft"), (plain, "first")] {
            #expect(try await world.finish(id, on: try world.engine()).state == .completed)
            let events = try engine.services.store.events(of: id)
            #expect(events.last { $0.topic == "run.returned" }?.record == "\"\(said)\"")
        }
    }

    @Test func `B-7: a schedule starts what is in force`() async throws {
        let world = try await World(runbooks: ["drill.lua": text("folder")])
        let engine = try world.engine()
        _ = try await engine.importTexts(["drill": text("published")], by: World.eva)
        _ = try await engine.publish([], reason: nil, by: World.eva)
        _ = try await engine.importTexts(["drill": text("draft")], by: World.eva)
        try await engine.addSchedule(
            RunSchedule(
                name: "drill", runbook: "drill", timing: .every(seconds: 900), by: "eva",
                createdAt: world.clock.now))
        world.clock.advance(by: .seconds(900))
        _ = try await RunScheduler(engine).look()
        let run = try await world.finish(RunID(1), on: engine)
        #expect(run.state == .completed)
        #expect(
            try engine.services.store.edition(of: run.id)
                == RunEdition(version: 1, isDraft: false))
    }

    @Test func `B-7: a version that was imported for a tenant runs in its scope alone`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        _ = try await engine.importTexts(["drill": text("x")], scope: "contoso", by: World.eva)
        _ = try await engine.publish([], reason: nil, by: World.eva)
        for scope in [nil, "fabrikam"] {
            await #expect {
                _ = try await engine.start(world.request("drill", scope: scope))
            } throws: { ($0 as? Failure)?.code == .refused }
        }
        _ = try await engine.start(world.request("drill", scope: "contoso"))
    }

    @Test func `B-6: an asset that a card needs is looked for before the run begins`()
        async throws
    {
        let world = try await World(runbooks: [
            "drill.lua": """
            return runbook { summary = "x", assets = { "sql-admin" }, run = function() end }
            """
        ])
        let engine = try world.engine()
        await #expect {
            _ = try await engine.start(world.request("drill"))
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == .unknownName && failure?.position?.file == "drill.lua"
        }
        #expect(try engine.services.store.runs(limit: 1).isEmpty)
    }

    @Test func `N-8: what is changed once is seen by every engine`() async throws {
        let world = try await World()
        let (one, other) = (try world.engine(), try world.engine())
        for words in ["first", "second"] {
            _ = try await one.importTexts(["drill": text(words)], by: World.eva)
            _ = try await one.publish([], reason: nil, by: World.eva)
            #expect(try await returned(world, other, "drill") == "\"\(words)\"")
            #expect(try other.library.module("drill")?.text == text(words))
        }
        #expect(other.library.names.contains("drill"))
    }

    @Test func `N-8: a text that cannot be read stops a run before it begins`() async throws {
        let world = try await World(runbooks: [
            "drill.lua": """
            return runbook { summary = "x", run = function()
            return require("middle").deep() end }
            """, "middle.lua": "return { deep = function() return require 'deep' end }",
        ])
        let engine = try world.engine()
        let library = Library(
            baked: Library.bakedModules, list: { ["drill.lua"] },
            read: { path throws(Failure) in
                if path == "deep.lua" {
                    throw Failure(.libraryUnreadable, "deep.lua is there and cannot be read")
                }
                return try engine.library.module(String(path.dropLast(4)))?.text
            })
        let blind = Orchestrator(
            services: engine.services, library: library, version: "test"
        ) { _ in }
        await #expect {
            _ = try await blind.start(world.request("drill"))
        } throws: { ($0 as? Failure)?.code == .libraryUnreadable }
        #expect(try engine.services.store.runs(limit: 1).isEmpty)
    }
}
