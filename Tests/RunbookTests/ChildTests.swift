// B-4: runs that runs start: results, failures, aborts and cycles, and that no death starts one
// twice.
import Fabric
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct ChildTests {
    @Test func `B-4: a child is a run of its own, and returns to its parent`() async throws {
        let world = try await World(runbooks: [
            "parent.lua": runbook(
                #"local told = job.run("child", { vm = "wap01" }, { reason = "by itself" }) "#
                    + "return { above = told.site }"),
            "child.lua": runbook(
                "return { site = fabric.vm(arguments.vm).site }",
                parameters: #"{ vm = { "vm", "which" } }"#),
        ])
        let record = try await world.run(
            world.request("parent", scope: "contoso", reason: "the drill"))
        #expect(record.state == .completed, "\(record.failure.map(\.description) ?? "")")
        let report = try world.report(record.id)
        #expect(report.returned == ["above": "oslo"])
        let child = try #require(report.children.first)
        #expect(child.parent?.place == JournalPlace(run: record.id, sequence: 1))
        #expect(child.scope == "contoso")
        #expect(child.startedBy == record.startedBy)
        #expect(child.reason == "by itself")
        #expect(report.text.contains("run 2 · child · completed"))
        #expect(try world.report(child.id).text.contains("started by run 1, main"))
    }

    @Test func `B-4: a child sees no more than its parent`() async throws {
        let world = try await World(runbooks: [
            "parent.lua": runbook(#"job.run("child")"#),
            "child.lua": runbook(#"fabric.stop "sql01""#),
        ])
        let record = try await world.run(world.request("parent", scope: "contoso"))
        #expect(record.failure?.code == .childFailed)
        #expect(record.failure?.cause?.code == .refused)
        #expect(record.failure?.message.hasPrefix("run 2 (child) failed: ") == true)
        #expect(world.effects.writes.isEmpty)
    }

    @Test func `B-4: a parent that waits is out of memory meanwhile`() async throws {
        let world = try await World(runbooks: [
            "parent.lua": runbook(#"return job.run("child")"#),
            "child.lua": runbook(#"return job.ask("Go on?", { choices = { "yes" } })"#),
        ])
        let engine = try world.engine()
        let parent = try await engine.start(world.request("parent"))
        #expect(try await engine.settle(parent, under: nil).state == .waiting)
        #expect(try engine.services.store.running(of: .all).isEmpty)
        let record = try await world.finish(parent, on: world.engine())
        #expect(record.state == .completed)
        #expect(try world.report(parent).returned == "yes")
    }

    @Test func `B-4: children can be waited for later, in order`() async throws {
        let body = #"""
            local children = {}
            for index = 1, 3 do
              children[index] = job.run("child", { number = index }, { wait = false })
            end
            return { children, job.wait(children), job.wait(children[2]) }
            """#
        let world = try await World(runbooks: [
            "parent.lua": runbook(body),
            "child.lua": runbook(
                #"job.sleep(("%dm"):format(9 - arguments.number)) return arguments.number * 10"#,
                parameters: #"{ number = { "integer", "which" } }"#),
        ])
        let record = try await world.run(world.request("parent"))
        #expect(
            try world.report(record.id).returned == [[2, 3, 4], [10, 20, 30], 20],
            "\(record.failure.map(\.description) ?? "")")
    }

    @Test func `B-4: only a child can be waited for`() async throws {
        let world = try await World(runbooks: ["parent.lua": runbook("job.wait(7)")])
        let record = try await world.run(world.request("parent"))
        #expect(record.failure?.code == .childUnknown)
    }

    @Test func `B-4: a cycle of children is refused, and its chain named in order`() async throws {
        let world = try await World(runbooks: [
            "a.lua": runbook(#"job.run("b")"#), "b.lua": runbook(#"job.run("c")"#),
            "c.lua": runbook(#"job.run("a")"#),
        ])
        let record = try await world.run(world.request("a"))
        let inner = try world.engine().run(RunID(3))
        #expect(inner.failure?.code == .childCycle)
        #expect(inner.failure?.message.contains("a → b → c → a") == true)
        #expect(record.failure?.code == .childFailed)
        #expect(try world.engine().runs(limit: 10).count == 3)
    }

    @Test func `B-4: children go no deeper than the house allows`() async throws {
        var runbooks: [String: String] = [:]
        for depth in 0...Limits.childDepthMax + 1 {
            runbooks["d\(depth).lua"] = runbook(#"job.run("d\#(depth + 1)")"#)
        }
        let world = try await World(runbooks: runbooks)
        try await world.run(world.request("d0"))
        let runs = try world.engine().runs(limit: 100)
        #expect(runs.count == Limits.childDepthMax + 1)
        #expect(runs.first?.failure?.code == .childDepth)
    }

    @Test func `B-4: an aborted parent takes along whom it waits for`() async throws {
        let world = try await World(runbooks: [
            "parent.lua": runbook(#"job.run("free", {}, { wait = false }) job.run("child")"#),
            "child.lua": runbook(#"job.run("deep")"#),
            "deep.lua": runbook(#"job.ask "Deep?""#), "free.lua": runbook(#"job.ask "Free?""#),
        ])
        let engine = try world.engine()
        let parent = try await engine.start(world.request("parent"))
        _ = try await engine.settle(parent, under: nil)
        try await engine.wish(.abort, of: parent, by: World.eva, reason: "enough")
        _ = try await engine.settle(parent, under: nil)
        let states = try ["parent", "child", "deep", "free"].map { name in
            try engine.runs(limit: 9).first { $0.name == name }?.state
        }
        #expect(states == [.aborted, .aborted, .aborted, .waiting])
        let deep = try #require(try engine.runs(limit: 9).first { $0.name == "deep" })
        #expect(deep.abort?.by == "eva")
    }

    @Test func `B-4: a child may work on the vms its parent holds`() async throws {
        let world = try await World(runbooks: [
            "parent.lua": runbook(#"fabric.stop "sql01" job.run("child") job.run("ask")"#),
            "child.lua": runbook(#"fabric.start "sql01""#),
            "ask.lua": runbook(#"job.ask "Go on?""#),
        ])
        let engine = try world.engine()
        let parent = try await engine.start(world.request("parent"))
        #expect(try await engine.settle(parent, under: nil).state == .waiting)
        #expect(world.effects.writes.map(\.call) == [.stop, .start])
        #expect(try await world.engine().start(world.request("child")) == RunID(4))
        _ = try await engine.settle(RunID(4), under: nil)
        #expect(try engine.run(RunID(4)).failure?.code == .vmClaimed)
    }

    @Test func `B-4: parameters of a child are checked before it is started`() async throws {
        let world = try await World(runbooks: [
            "parent.lua": runbook(
                #"local _, e = job.try_run("child", { vn = "x" }) return e.code"#),
            "child.lua": runbook("", parameters: #"{ vm = { "vm", "which", default = "sql01" } }"#),
        ])
        let record = try await world.run(world.request("parent"))
        #expect(try world.report(record.id).returned == "run.parameter_invalid")
        #expect(try world.engine().runs(limit: 9).count == 1)
    }

    @Test func `B-4: whenever the engine dies, a family ends as if it had not`() async throws {
        let runbooks = [
            "parent.lua": runbook(
                #"""
                local seen = {}
                local results = job.parallel({ "sql01", "wap01" }, function(name)
                  seen[#seen + 1] = name
                  return job.run("child", { vm = name, before = #seen })
                end)
                job.output("%d %s", #seen, results[2])
                return results
                """#),
            "child.lua": runbook(
                #"""
                fabric.stop(arguments.vm)
                job.sleep(arguments.before .. "m")
                fabric.start(arguments.vm)
                return arguments.vm .. arguments.before
                """#,
                parameters:
                    #"{ vm = { "vm", "which" }, before = { "integer", "how many before" } }"#),
        ]
        let prepared = try await World(runbooks: runbooks)
        let world = try World(copying: prepared)
        let record = try await world.run(world.request("parent"))
        try #require(record.state == .completed)
        let undisturbed = try await Self.transcripts(in: world)
        #expect(undisturbed.count == 3)
        for moment in Death.Moment.allCases {
            var number = 1
            while try await Self.dies(at: number, moment, prepared, undisturbed) { number += 1 }
            // The two stop and start their machines side by side, and may share a commit.
            #expect(number > 6)
        }
    }

    private static func transcripts(in world: World) async throws -> [Transcript] {
        var transcripts: [Transcript] = []
        for run in try Store(folder: world.folder).runs(limit: 100) {
            transcripts.append(try await Transcript(of: run.id, in: world))
        }
        return transcripts
    }

    private static func dies(
        at number: Int, _ moment: Death.Moment, _ prepared: World, _ undisturbed: [Transcript]
    ) async throws -> Bool {
        let world = try World(copying: prepared)
        let death = Death(at: number, moment)
        do {
            try await world.run(world.request("parent"), on: world.engine(dying: death))
        } catch is SimulatedDeath {}
        let heir = try world.engine()
        let begun = try heir.services.store.runs(limit: 100).last?.id
        let run =
            if let begun { begun } else { try await heir.start(world.request("parent")) }
        try await world.finish(run, on: heir)
        let transcripts = try await transcripts(in: world)
        #expect(transcripts.count == undisturbed.count, "killed \(moment) commit \(number)")
        #expect(transcripts.map(\.state) == undisturbed.map(\.state))
        #expect(transcripts.last?.journal.count == undisturbed.last?.journal.count)
        return death.hasStruck
    }
}
