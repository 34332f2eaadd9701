// B-1: a run that goes on as another: one journal ends and the next begins, and nothing is lost or
// started twice in between.
import Fabric
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct ContinuationTests {
    private static let rounds = runbook(
        #"""
        job.output("round %d", arguments.round)
        if arguments.round == 3 then return "done" end
        job.continue_as { round = arguments.round + 1 }
        """#, parameters: #"{ round = { "integer", "which", default = 1 } }"#,
        more: #"limits = { at_once = 2 }, priority = "low","#)

    @Test func `B-1: a run goes on as another, within the same bounds`() async throws {
        let world = try await World(runbooks: ["loop.lua": Self.rounds])
        let first = try await world.run(world.request("loop", scope: "contoso", reason: "drill"))
        let runs = try world.engine().runs(limit: 9)
        #expect(runs.map(\.state) == [.completed, .completed, .completed])
        #expect(runs.map(\.parameters) == [["round": 3], ["round": 2], ["round": 1]])
        #expect(runs[0].continuation == RunContinuation(predecessor: RunID(2), origin: first.id))
        for run in runs {
            #expect(run.limits.atOnce == 2 && run.scope == "contoso" && run.reason == "drill")
            #expect(run.priority == .low && run.sources == first.sources)
        }
        #expect(try world.report(RunID(2)).text.contains("goes on from run 1"))
        #expect(try world.report(RunID(2)).text.contains("goes on as run 3"))
        #expect(try world.report(RunID(3)).returned == "done")
    }

    @Test func `B-1: who waits for a run waits for what it goes on as`() async throws {
        let world = try await World(runbooks: [
            "loop.lua": Self.rounds, "parent.lua": runbook(#"return job.run("loop")"#),
        ])
        let record = try await world.run(world.request("parent"))
        #expect(try world.report(record.id).returned == "done")
    }

    @Test func `B-1: what is open is closed before a run goes on`() async throws {
        let body = #"""
            local guard <close> = setmetatable({}, {
              __close = function() fabric.start "sql01" end,
            })
            if arguments.again then
              pcall(job.continue_as, { again = false })
              fabric.stop "sql02"
            end
            """#
        let world = try await World(runbooks: [
            "loop.lua": runbook(
                body, parameters: #"{ again = { "boolean", "whether", default = true } }"#)
        ])
        try await world.run(world.request("loop"))
        #expect(try world.engine().runs(limit: 9).map(\.state) == [.completed, .completed])
        #expect(world.effects.writes.map(\.call) == [.stop, .start, .start])
    }

    private static let mistakes: [(String, Failure.Code)] = [
        ("job.continue_as { rounds = 2 }", .parameterInvalid),
        ("job.parallel { function() job.continue_as {} end }", .phaseRefused),
        (#"error { code = "run.continued", message = "forged" }"#, .runContinued),
    ]

    @Test(arguments: mistakes)
    func `B-1: a run that cannot go on says why`(body: String, code: Failure.Code) async throws {
        let world = try await World(runbooks: ["loop.lua": runbook(body)])
        let record = try await world.run(world.request("loop"))
        #expect(record.state == .failed)
        #expect(record.failure?.code == code)
        #expect(try world.engine().runs(limit: 9).count == 1)
    }

    @Test func `B-1: a run aborted while it is about to go on does not`() async throws {
        let body = #"""
            local guard <close> = setmetatable({}, { __close = function() job.ask "Close?" end })
            job.continue_as {}
            """#
        let world = try await World(runbooks: ["loop.lua": runbook(body)])
        let engine = try world.engine()
        let run = try await engine.start(world.request("loop"))
        #expect(try await engine.settle(run, under: nil).state == .waiting)
        try await engine.wish(.abort, of: run, by: World.eva, reason: nil)
        try await world.finish(run, on: engine)
        #expect(try engine.run(run).state == .aborted)
        #expect(try engine.runs(limit: 9).count == 1)
    }

    @Test func `B-1: whenever the engine dies, each run has one successor`() async throws {
        for moment in Death.Moment.allCases {
            for number in 1... {
                let world = try await World(runbooks: ["loop.lua": Self.rounds])
                let death = Death(at: number, moment)
                do {
                    try await world.run(world.request("loop"), on: world.engine(dying: death))
                } catch is SimulatedDeath {}
                let heir = try world.engine()
                if try heir.runs(limit: 1).isEmpty {
                    _ = try await heir.start(world.request("loop"))
                }
                try await world.finish(RunID(1), on: heir)
                let rounds = try heir.runs(limit: 9).map(\.parameters)
                #expect(
                    rounds == [["round": 3], ["round": 2], ["round": 1]], "\(moment) \(number)")
                if !death.hasStruck { break }
            }
        }
    }
}
