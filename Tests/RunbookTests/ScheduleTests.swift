// Schedules on a real store: what came due is started as its policy says, once, whoever leads and
// wherever he dies.
import Foundation
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct ScheduleTests {
    private static let quick = """
        return runbook { summary = "Does little.", run = function() job.note "done" end }
        """
    private static let long = """
        return runbook { summary = "Waits.", run = function() job.sleep "2h" end }
        """

    private func world(_ text: String = quick) async throws -> World {
        try await World(runbooks: ["nightly.lua": text])
    }

    private func schedule(
        _ world: World, _ timing: RunSchedule.Timing = .every(seconds: 900), zone: Zone = .utc,
        name: String = "nightly", missed: RunSchedule.Missed = .runOnce,
        overlap: RunSchedule.Overlap = .skip
    ) -> RunSchedule {
        RunSchedule(
            name: name, runbook: "nightly", timing: timing, zone: zone, missed: missed,
            overlap: overlap, by: "eva", createdAt: world.clock.now)
    }

    /// Executes every run that has not ended, once.
    private func pass(_ engine: Orchestrator) async throws {
        for run in try engine.services.store.runs(in: RunState.unfinished, limit: .max) {
            try await engine.pass(run.id)
        }
    }

    private func outcomes(_ engine: Orchestrator) throws -> [String] {
        try engine.services.store.turns(of: "nightly", limit: 100).reversed()
            .map(\.outcome.rawValue)
    }

    @Test func `B-8: a due time starts a run that names its schedule`() async throws {
        let world = try await world()
        let engine = try world.engine()
        try await engine.addSchedule(schedule(world))
        let next = try await RunScheduler(engine).look()
        #expect(next == world.clock.now + .seconds(900))
        world.clock.advance(by: .seconds(901))
        _ = try await RunScheduler(engine).look()
        _ = try await RunScheduler(engine).look()
        let runs = try engine.services.store.runs(in: RunState.unfinished, limit: .max)
        #expect(runs.count == 1)
        #expect(runs[0].startedBy == "eva")
        #expect(runs[0].reason?.contains("schedule nightly, due 2026-03-01T22:15") == true)
    }

    @Test func `B-8: two engines that look at once start one run`() async throws {
        let world = try await world()
        let engines = [try world.engine(), try world.engine()]
        try await engines[0].addSchedule(schedule(world))
        for round in 1...20 {
            world.clock.advance(by: .seconds(900))
            try await withThrowingTaskGroup { group in
                for engine in engines {
                    group.addTask { _ = try await RunScheduler(engine).look() }
                }
                try await group.waitForAll()
            }
            try await pass(engines[0])
            let turns = try engines[0].services.store.turns(of: "nightly", limit: 100)
            #expect(turns.map(\.outcome) == Array(repeating: .started, count: round))
            #expect(Set(turns.compactMap(\.run)).count == round)
        }
    }

    @Test func `B-8: due again while it runs, it is skipped, queued, or put in its place`()
        async throws
    {
        for overlap in RunSchedule.Overlap.allCases {
            let world = try await world(Self.long)
            let engine = try world.engine()
            try await engine.addSchedule(schedule(world, .every(seconds: 3_600), overlap: overlap))
            for _ in 1...2 {
                world.clock.advance(by: .seconds(3_600))
                _ = try await RunScheduler(engine).look()
                try await pass(engine)
            }
            let expected = overlap == .skip ? ["started", "skipped"] : ["started", "queued"]
            #expect(try outcomes(engine) == expected, "\(overlap)")
            let first = try engine.services.store.run(RunID(1))
            #expect(first.state == (overlap == .stopPrevious ? .aborted : .waiting))
            if overlap == .queue {
                world.clock.advance(by: .seconds(3_700))
                try await pass(engine)
            }
            _ = try await RunScheduler(engine).look()
            let started = try outcomes(engine).filter { $0 == "started" }
            #expect(started.count == (overlap == .skip ? 1 : 2), "\(overlap)")
        }
    }

    @Test func `B-8: what cannot be started is refused, and the schedule goes on`() async throws {
        let world = try await world()
        let engine = try world.engine()
        try await engine.addSchedule(schedule(world))
        world.write("nightly", "return runbook { summery = 1 }")
        world.clock.advance(by: .seconds(900))
        _ = try await RunScheduler(engine).look()
        let turn = try #require(try engine.services.store.turns(of: "nightly", limit: 1).first)
        #expect(turn.outcome == .refused && turn.run == nil)
        #expect(turn.remark?.contains("summary") == true)
        world.write("nightly", Self.quick)
        world.clock.advance(by: .seconds(900))
        _ = try await RunScheduler(engine).look()
        #expect(try outcomes(engine) == ["refused", "started"])
    }

    @Test func `B-8: a mistake shows when the schedule is made`() async throws {
        let world = try await world()
        let engine = try world.engine()
        try await engine.addSchedule(schedule(world))
        func code(_ schedule: RunSchedule) async -> Failure.Code? {
            do {
                try await engine.addSchedule(schedule)
                return nil
            } catch { return (error as? Failure)?.code }
        }
        #expect(await code(schedule(world)) == .scheduleExists)
        #expect(await code(schedule(world, .every(seconds: 5), name: "quick")) == .usage)
        #expect(await code(schedule(world, .once(world.clock.now), name: "over")) == .usage)
        var missing = schedule(world, name: "missing")
        missing.runbook = "nihgtly"
        #expect(await code(missing) == .sourceMissing)
        #expect(try engine.services.store.schedules().map(\.name) == ["nightly"])
    }

    @Test func `B-8: what passes while it is paused has no turn`() async throws {
        let world = try await world()
        let engine = try world.engine()
        try await engine.addSchedule(schedule(world, missed: .all))
        try await engine.pauseSchedule("nightly", true, by: World.eva)
        world.clock.advance(by: .seconds(3_600))
        #expect(try await RunScheduler(engine).look() == nil)
        try await engine.pauseSchedule("nightly", false, by: World.eva)
        _ = try await RunScheduler(engine).look()
        #expect(try outcomes(engine).isEmpty)
        world.clock.advance(by: .seconds(900))
        _ = try await RunScheduler(engine).look()
        #expect(try outcomes(engine) == ["started"])
        try await engine.removeSchedule("nightly", by: World.eva)
        #expect(try outcomes(engine) == ["started"], "its turns stay")
        #expect(throws: Failure.self) { try engine.schedule("nightly") }
    }

    @Test(arguments: [Death.Moment.before, .after])
    func `B-8: wherever the engine dies, a due time is started once`(
        moment: Death.Moment
    ) async throws {
        for number in 1... {
            let world = try await world()
            let healthy = try world.engine()
            try await healthy.addSchedule(schedule(world, missed: .all))
            // All three are late by more than the grace.
            world.clock.advance(by: .seconds(3 * 900 + 90))
            let death = Death(at: number, moment)
            let dying = try world.engine(dying: death)
            _ = try? await RunScheduler(dying).look()
            try? await pass(dying)
            for _ in 1...4 {
                _ = try await RunScheduler(healthy).look()
                try await pass(healthy)
            }
            let turns = try healthy.services.store.turns(of: "nightly", limit: 100)
            #expect(turns.map(\.outcome) == [.started, .started, .started], "death \(number)")
            #expect(Set(turns.compactMap(\.run)).count == 3)
            let runs = try healthy.services.store.runs(in: Set(RunState.allCases), limit: .max)
            #expect(runs.count == 3, "death \(number)")
            if !death.hasStruck { return }
        }
    }

    /// Both kinds of change of the clocks, in both halves of the world, and a zone without any.
    private static let zones = [
        "Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
        "Asia/Kolkata",
    ]

    @Test(arguments: [UInt64(1), 2])
    func `B-8: over a year in five zones each due time has the turn its policy says`(
        seed: UInt64
    ) async throws {
        let world = try await world()
        var engine = try world.engine()
        let policies = RunSchedule.Missed.allCases
        var schedules: [RunSchedule] = []
        for (number, name) in Self.zones.enumerated() {
            let cron = try CronExpression("30 2 * * \(number == 4 ? "*" : "SUN,MON,THU")")
            let one = schedule(
                world, .cron(cron), zone: try Zone(name), name: "nightly-\(number)",
                missed: policies[number % policies.count], overlap: .queue)
            try await engine.addSchedule(one)
            schedules.append(one)
        }
        let end = world.clock.now + .seconds(365 * 86_400)
        var random = SeededGenerator(seed: seed)
        while world.clock.now < end {
            // Sometimes on time, sometimes after a night or a week without an engine.
            let next = try await RunScheduler(engine).look() ?? end
            try await pass(engine)
            let absence = [0, 0, 0, 30, 7_200, 86_400 * 3, 86_400 * 9].randomElement(using: &random)
            world.clock.advance(to: min(end, next + .seconds(absence ?? 0)))
            if absence != 0 { engine = try world.engine() }
        }
        for _ in 1...100 {
            _ = try await RunScheduler(engine).look()
            try await pass(engine)
        }
        for one in schedules { try expectWhole(one, until: end, engine, "seed \(seed)") }
    }

    /// No due time without a turn, none with two, and none missed that was not late.
    private func expectWhole(
        _ schedule: RunSchedule, until end: Timestamp, _ engine: Orchestrator, _ note: String
    ) throws {
        let due = schedule.next(1_000, after: schedule.createdAt).filter { $0 <= end }
        let turns = try engine.services.store.turns(of: schedule.name, limit: 1_000)
        #expect(turns.map(\.count).reduce(0, +) == due.count, "\(schedule.name), \(note)")
        #expect(Set(turns.map(\.dueAt)).isSubset(of: due), "\(schedule.name), \(note)")
        for turn in turns {
            #expect((turn.outcome == .started) == (turn.run != nil), "\(turn), \(note)")
            switch schedule.missed {
            case .all: #expect(turn.outcome == .started && turn.count == 1, "\(turn), \(note)")
            case .runOnce: #expect(turn.outcome == .started, "\(turn), \(note)")
            case .skip:
                let wasLate = turn.decidedAt > turn.dueAt + .seconds(schedule.graceSeconds)
                let isMissed = turn.outcome == .missed
                #expect(isMissed == wasLate, "\(turn), \(note)")
            }
        }
        let runs = turns.compactMap(\.run)
        #expect(Set(runs).count == runs.count, "\(schedule.name), \(note)")
    }
}
