// B-4: branches of one run side by side: their results, their failures, and that a replay gives
// every branch what it was given, in the order it was given.
import Fabric
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct ParallelTests {
    private func run(_ body: String) async throws -> (World, RunRecord) {
        let world = try await World(runbooks: ["side.lua": runbook(body)])
        return (world, try await world.run(world.request("side")))
    }

    @Test func `B-4: results come back in order, whoever was first`() async throws {
        let (world, record) = try await run(
            #"""
            return job.parallel({ 3, 1, 2 }, function(minutes, index)
              job.sleep(minutes .. "m")
              return { minutes, index }
            end)
            """#)
        #expect(record.state == .completed, "\(record.failure.map(\.description) ?? "")")
        #expect(try world.report(record.id).returned == [[3, 1], [1, 2], [2, 3]])
        #expect(record.endedAt.map { $0 - record.createdAt } == .seconds(180))
        let branches = Set(try world.report(record.id).acts.map(\.place.branch.path))
        #expect(branches == ["", "parallel/1/1", "parallel/1/2", "parallel/1/3"])
    }

    @Test func `B-4: branches share what is around them, and a limit holds`() async throws {
        let (world, record) = try await run(
            #"""
            local running, most, order = 0, 0, {}
            job.parallel({ "a", "b", "c", "d", "e" }, function(name)
              running = running + 1
              most = math.max(most, running)
              job.sleep "1m"
              running = running - 1
              order[#order + 1] = name
            end, { limit = 2 })
            return { most, #order }
            """#)
        #expect(try world.report(record.id).returned == [2, 5])
        #expect(record.endedAt.map { $0 - record.createdAt } == .seconds(180))
    }

    @Test func `B-4: the first failure tells the others to end, and they clean up`() async throws {
        let world = try await World(runbooks: [
            "side.lua": runbook(
                #"""
                local told
                local ok, failure = pcall(job.parallel, {
                  function()
                    local guard <close> = setmetatable({}, { __close = function()
                      fabric.start "sql01"
                    end })
                    told = select(2, pcall(job.ask, "Go on?")).code
                    job.sleep "1m"
                  end,
                  function() job.sleep "1m" error { code = "disk.gone", message = "no disk" } end,
                  function() job.ask "Never answered?" end,
                })
                return { ok, failure.code, told }
                """#)
        ])
        let engine = try world.engine()
        let run = try await engine.start(world.request("side"))
        #expect(try await engine.settle(run, under: nil).state == .waiting)
        // The branch that waits for a person hears of it, and sleeps on for a minute.
        for _ in 1...2 {
            world.clock.advance(by: .seconds(60))
            _ = try await engine.settle(run, under: nil)
        }
        let report = try world.report(run)
        #expect(report.returned == [false, "disk.gone", "run.branch_stopped"])
        #expect(report.questions.map(\.state) == [.withdrawn, .withdrawn])
        #expect(world.effects.writes.map(\.call) == [.start])
    }

    @Test func `B-4: or all run, and their failures are told together`() async throws {
        let (world, record) = try await run(
            #"""
            local results, failure = job.try_parallel({ 1, 2, 3 }, function(n)
              job.sleep(n .. "m")
              if n ~= 2 then error { code = "odd.number", message = n .. " is odd" } end
              return n
            end, { on_failure = "all" })
            assert(results == nil)
            local second = failure.results[2]
            job.output(failure.message)
            local ok = pcall(job.parallel, { function() error "plain" end })
            local first, third = failure.failures[1].code, failure.failures[3].message
            return { failure.code, first, third, second, ok }
            """#)
        #expect(
            try world.report(record.id).returned
                == ["run.branches_failed", "odd.number", "3 is odd", 2, false])
        let note = try world.report(record.id).notes.first?.text
        #expect(note?.hasPrefix("2 of 3 branches failed, the first of them branch 1: 1 is") == true)
    }

    @Test func `B-4: an uncaught failure of a branch is the run's, at its line`() async throws {
        let (_, record) = try await run(
            "job.parallel { function() fabric.stop \"nobody\" end }")
        #expect(record.state == .failed)
        #expect(record.failure?.code == .unknownName)
        #expect(record.failure?.position?.line == 6)
    }

    @Test func `B-4: branches have branches, and a stop reaches them all`() async throws {
        let (world, record) = try await run(
            #"""
            local told = {}
            local function wait(name)
              return function()
                local _, failure = pcall(job.sleep, "1h")
                told[#told + 1] = name .. " " .. (type(failure) == "table" and failure.code or "")
              end
            end
            pcall(job.parallel, {
              function() job.parallel { wait "a", wait "b" } end,
              function() job.sleep "1m" error "enough" end,
            })
            table.sort(told)
            return told
            """#)
        #expect(
            try world.report(record.id).returned
                == ["a run.branch_stopped", "b run.branch_stopped"],
            "\(record.failure.map(\.description) ?? "")")
    }

    @Test func `B-4: an abort reaches every branch once`() async throws {
        let body = #"""
            local told = 0
            local ok, failure = pcall(job.parallel, { 1, 2, 3 }, function()
              local done, failure = pcall(job.ask, "Go on?")
              told = told + 1
              error(failure)
            end, { limit = 2 })
            job.output("%d %s", told, failure.code)
            fabric.start "sql01"
            """#
        let world = try await World(runbooks: ["side.lua": runbook(body)])
        let engine = try world.engine()
        let run = try await engine.start(world.request("side"))
        #expect(try await engine.settle(run, under: nil).state == .waiting)
        try await engine.wish(.abort, of: run, by: World.eva, reason: "enough")
        #expect(try await engine.settle(run, under: nil).state == .aborted)
        #expect(try world.report(run).notes.map(\.text) == ["2 run.aborted"])
        #expect(world.effects.entries.count >= 1)
    }

    private static let mistakes: [(String, String)] = [
        ("job.parallel { 1, 2 }", "branch 1 is a number"),
        ("job.parallel(7)", "a list of functions"),
        ("job.parallel { a = print }", "a table with names"),
        ("job.parallel({ 1 }, function() end, { limit = 0 })", "limit must be"),
        ("job.parallel({ 1 }, function() end, { on_failure = \"al\" })", "\"all\""),
    ]

    @Test(arguments: mistakes)
    func `B-4: branches that make no sense are refused at their line`(
        body: String, told: String
    ) async throws {
        let (_, record) = try await run("local print = type " + body)
        #expect(record.failure?.code == .argumentInvalid)
        #expect(record.failure?.position?.line == 6)
        #expect(record.failure?.message.contains(told) == true, "\(record.failure?.message ?? "")")
    }

    /// Branches that lean on each other: what one asks for depends on what all were given before.
    private static let entangled = runbook(
        #"""
        local log, sum = {}, 0
        local function work(name)
          for round = 1, 2 do
            local kind = math.random(3)
            if kind == 1 then job.sleep(("%ds"):format(1 + sum % 7)) end
            local vm = fabric.vm(#log % 2 == 0 and "sql01" or "wap01")
            if kind == 2 then fabric[sum % 2 == 0 and "stop" or "start"](vm) end
            sum = sum + #vm.name + round
            log[#log + 1] = name .. round .. kind .. vm.name .. sum
            job.note(log[#log])
          end
          return #log
        end
        local ends = job.parallel({ "a", "b", "c" }, function(name)
          if name == "b" then return job.parallel({ "x", "y" }, work) end
          return work(name)
        end, { limit = 2 })
        return { log, ends }
        """#)

    @Test func `B-4: whenever the engine dies, branches replay as they went`() async throws {
        let prepared = try await World(runbooks: ["side.lua": Self.entangled])
        for moment in Death.Moment.allCases {
            for number in 1... {
                let world = try World(copying: prepared)
                let death = Death(at: number, moment)
                do {
                    try await world.run(world.request("side"), on: world.engine(dying: death))
                } catch is SimulatedDeath {}
                let heir = try world.engine()
                if try heir.runs(limit: 1).isEmpty {
                    _ = try await heir.start(world.request("side"))
                }
                try await world.finish(RunID(1), on: heir)
                let record = try heir.run(RunID(1))
                #expect(
                    record.state == .completed,
                    "\(moment) \(number): \(record.failure.map(\.description) ?? "")")
                try await replay(RunID(1), of: world)
                if !death.hasStruck { break }
            }
        }
    }

    /// A finished run executed again from its journal returns what it returned.
    private func replay(_ run: RunID, of world: World) async throws {
        let engine = try world.engine()
        let record = try engine.run(run)
        let context = RunContext(
            run: record, services: engine.services, catalogue: engine.catalogue,
            sources: try RunSources(
                run: record, store: engine.services.store, library: engine.library),
            control: RunControl(), lease: nil, ring: { _ in })
        let end = try await RunExecution(context: context).execute()
        #expect(end == .completed(try world.report(run).returned ?? .null))
    }
}
