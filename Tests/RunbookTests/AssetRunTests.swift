// Assets in runs: found by name within the run's scope, each use recorded, and the newest version
// seen by a run that goes on.
import Foundation
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct AssetRunTests {
    private func runbook(_ body: String) -> String {
        "return runbook { summary = \"Uses assets\", run = function()\n\(body)\nend }"
    }

    private func world(_ body: String) async throws -> (World, Orchestrator) {
        let world = try await World(runbooks: ["uses.lua": runbook(body)])
        let engine = try world.engine(adding: SecrecyTests.guest(Locked([])))
        _ = try await engine.assets.makeKey(by: World.eva)
        return (world, engine)
    }

    @Test(arguments: [
        #""bergen""#, "7", "7.5", "true", #"{"a":[1,2],"b":"x"}"#, "[1,2,3]",
    ])
    func `B-6: a variable is read as it was kept`(json: String) async throws {
        let (world, engine) = try await world(#"return asset.variable "thing""#)
        let value = try Value(json: json)
        try await engine.assets.save("thing", .variable, value: value, by: World.eva)
        let run = try await world.run(world.request("uses"), on: engine)
        let returned = try engine.services.store.events(of: run.id)
            .first { $0.topic == "run.returned" }
        #expect(returned?.record == json)
    }

    @Test func `B-6: a variable that a run sets is seen by the next, and written once`()
        async throws
    {
        let (world, engine) = try await world(
            #"asset.set_variable("count", asset.variable "count" + 1)"#)
        try await engine.assets.save("count", .variable, value: 1, by: World.eva)
        try await world.run(world.request("uses"), on: engine)
        try await world.run(world.request("uses"), on: engine)
        let count = try engine.assets.asset("count")
        #expect(count.value == 3 && count.version == 3 && count.changedBy == "eva")
    }

    @Test func `B-6: a variable set by an engine that dies at any write is set once`()
        async throws
    {
        let text = runbook(#"asset.set_variable("count", asset.variable "count" + 1)"#)
        let first = try await World(runbooks: ["uses.lua": text])
        try await first.engine().assets.save("count", .variable, value: 1, by: World.eva)
        let id = try await first.engine().start(first.request("uses"))
        for moment in Death.Moment.allCases {
            for number in 1...6 {
                let world = try World(copying: first)
                let death = Death(at: number, moment)
                _ = try? await world.finish(id, on: world.engine(dying: death))
                let engine = try world.engine()
                #expect(try await world.finish(id, on: engine).state == .completed)
                #expect(try engine.assets.asset("count").value == 2, "\(moment) \(number)")
            }
        }
    }

    @Test func `B-6: a missing asset is told at its line, with the nearest name`() async throws {
        let (world, engine) = try await world("local x = 1\nreturn asset.variable \"limt\"")
        try await engine.assets.save("limit", .variable, value: 1, by: World.eva)
        let run = try await world.run(world.request("uses"), on: engine)
        #expect(run.failure?.code == .unknownName)
        #expect(run.failure?.position == SourcePosition(file: "uses.lua", line: 3))
        #expect(run.failure?.message.contains("did you mean 'limit'?") == true)
    }

    @Test(arguments: [
        (AssetScope(runbooks: ["drill-*"]), nil as String?), (AssetScope(), "contoso"),
        (AssetScope(tenants: ["fabrikam"]), "contoso"),
    ])
    func `B-6: an asset out of scope is refused, and the attempt is recorded`(
        scope: AssetScope, tenant: String?
    ) async throws {
        let (world, engine) = try await world(
            "local handle = { [\"$asset\"] = \"key\", version = 1 }\n"
                + "local one, why = asset.try_credential \"key\"\n"
                + "job.note(why.code)\nreturn guest.fail(handle)")
        try await engine.assets.save(
            "key", .credential, value: ["user": "sa"], secrets: ["secret": Secret("hunter2")],
            scope: scope, by: World.eva)
        let run = try await world.run(world.request("uses", scope: tenant), on: engine)
        #expect(run.failure?.code == .refused)
        #expect(run.failure?.message.contains("the asset 'key' is not for uses") == true)
        let uses = try engine.assets.uses(of: "key", limit: 9)
        #expect(uses.map(\.topic) == ["asset.refused", "asset.refused"])
        #expect(uses.allSatisfy { $0.run == run.id })
        #expect(uses.map(\.record).joined().contains(#""where":"uses.lua:3""#))
    }

    @Test func `B-6: each use is recorded with who, line, primitive and version`() async throws {
        let (world, engine) = try await world(
            "local key = asset.credential \"key\"\nreturn asset.sign(key, \"x\")")
        try await engine.assets.save(
            "key", .credential, value: ["user": "sa"],
            secrets: ["secret": Secret("sixteen bytes at least")], by: World.eva)
        let run = try await world.run(world.request("uses"), on: engine)
        #expect(run.state == .completed)
        let uses = try engine.assets.uses(of: "key", limit: 9).map { try Value(json: $0.record) }
        #expect(uses.map { $0["where"]?.text } == ["uses.lua:3", "uses.lua:2"])
        #expect(uses.map { $0["primitive"]?.text } == ["asset.sign", "asset.credential"])
        #expect(uses.allSatisfy { $0["by"] == "eva" && $0["version"] == 1 })
    }

    @Test func `B-6: a run that goes on sees the newest secret, and its journal no value`()
        async throws
    {
        let given = Locked<[String]>([])
        let world = try await World(runbooks: [
            "uses.lua": runbook(
                "local key = asset.credential \"key\"\n"
                    + "local with = { environment = { TOKEN = key } }\n"
                    + "guest.run(key, with)\njob.ask \"Go on?\"\nguest.run(key, with)")
        ])
        let engine = try world.engine(adding: SecrecyTests.guest(given))
        _ = try await engine.assets.makeKey(by: World.eva)
        try await engine.assets.save(
            "key", .credential, value: ["user": "sa"],
            secrets: ["secret": Secret("the first one")], by: World.eva)
        let id = try await engine.start(world.request("uses"))
        #expect(try await engine.pass(id).state == .waiting)
        _ = try await engine.assets.rotate(
            "key", secrets: ["secret": Secret("the second one")], by: World.eva)
        #expect(try await world.finish(id, on: engine).state == .completed)
        #expect(given.withLock { Set($0) } == ["the first one", "the second one"])
        let versions = try engine.assets.uses(of: "key", limit: 9).map {
            try Value(json: $0.record)["version"]
        }
        #expect(versions == [2, 1, 1])
    }

    @Test(arguments: [
        (#"asset.variable "key""#, "is a credential, not a variable"),
        (#"asset.certificate "key""#, "is a credential, not a certificate"),
        (#"asset.set_variable("count", "four")"#, "is a number"),
    ])
    func `B-6: an asset asked for as something else says what it is`(
        line: String, says words: String
    ) async throws {
        let (world, engine) = try await world(line)
        try await engine.assets.save("count", .variable, value: 1, by: World.eva)
        try await engine.assets.save(
            "key", .credential, value: ["user": "sa"], secrets: ["secret": Secret("short")],
            by: World.eva)
        let run = try await world.run(world.request("uses"), on: engine)
        #expect(run.failure?.code == .assetType)
        #expect(run.failure?.message.contains(words) == true, "\(run.failure?.message ?? "")")
        #expect(try engine.assets.asset("count").value == 1)
    }

    @Test(arguments: [
        (#"job.note(asset.credential "key")"#, "must be a string, but is a secret"),
        (#"guest.run("plain text")"#, "must be a secret"),
        (#"asset.sign(asset.credential "key", "x")"#, "too short"),
    ])
    func `B-6: a secret stands where a secret is taken, and nowhere else`(
        line: String, says words: String
    ) async throws {
        let (world, engine) = try await world(line)
        try await engine.assets.save(
            "key", .credential, value: ["user": "sa"], secrets: ["secret": Secret("abc")],
            by: World.eva)
        let run = try await world.run(world.request("uses"), on: engine)
        #expect(run.failure?.code == .argumentInvalid)
        #expect(run.failure?.message.contains(words) == true, "\(run.failure?.message ?? "")")
    }

    @Test func `B-6: a card may read a variable, and no secret`() async throws {
        let world = try await World(runbooks: [
            "open.lua": #"""
            return runbook { summary = "For " .. asset.variable "site", run = function() end }
            """#,
            "closed.lua": #"""
            return runbook { summary = tostring(asset.credential "key"), run = function() end }
            """#,
        ])
        let engine = try world.engine()
        try await engine.assets.save("site", .variable, value: "bergen", by: World.eva)
        guard case .runbook(let card) = try await engine.inspect("open") else {
            Issue.record("it is a runbook")
            return
        }
        #expect(card.summary == "For bergen")
        await #expect {
            _ = try await engine.inspect("closed")
        } throws: { ($0 as? Failure)?.code == .phaseRefused }
    }
}
