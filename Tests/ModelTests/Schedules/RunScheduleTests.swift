// What becomes of due times: kept, late, missed, and while an earlier run goes on.
import Testing

@testable import Model

@Suite struct RunScheduleTests {
    private static let midnight = Timestamp(microseconds: 1_772_323_200_000_000)

    private func schedule(
        every seconds: Int64 = 900, missed: RunSchedule.Missed = .runOnce,
        overlap: RunSchedule.Overlap = .skip, zone: Zone = .utc
    ) -> RunSchedule {
        RunSchedule(
            name: "new", runbook: "protect-new-machines", timing: .every(seconds: seconds),
            zone: zone, missed: missed, overlap: overlap, by: "eva", createdAt: Self.midnight)
    }

    private func told(_ turns: [ScheduleTurn]) -> [String] {
        turns.map { turn in
            let minutes = (turn.dueAt - Self.midnight).microseconds / 60_000_000
            return "\(minutes) \(turn.outcome.rawValue) \(turn.count)"
        }
    }

    @Test func `B-8: each due time has one turn`() {
        var schedule = schedule()
        #expect(schedule.turns(at: Self.midnight + .seconds(899), isBusy: false).isEmpty)
        let turns = schedule.turns(at: Self.midnight + .seconds(930), isBusy: false)
        #expect(told(turns) == ["15 started 1"])
        schedule.decidedUntil = turns[0].dueAt
        #expect(schedule.turns(at: Self.midnight + .seconds(930), isBusy: false).isEmpty)
    }

    @Test(arguments: [
        (RunSchedule.Missed.skip, ["45 missed 3", "60 started 1"]),
        (.runOnce, ["45 started 3", "60 skipped 1"]),
        (.all, ["15 started 1", "30 queued 1", "45 queued 1", "60 skipped 1"]),
    ])
    func `B-8: what passed while no engine led is skipped, run once, or all run`(
        missed: RunSchedule.Missed, expected: [String]
    ) {
        let now = Self.midnight + .seconds(3_630)
        #expect(told(schedule(missed: missed).turns(at: now, isBusy: false)) == expected)
    }

    @Test(arguments: [
        (RunSchedule.Overlap.skip, "15 skipped 1"), (.queue, "15 queued 1"),
        (.stopPrevious, "15 queued 1"),
    ])
    func `B-8: what comes due while an earlier run goes on has a stated rule`(
        overlap: RunSchedule.Overlap, expected: String
    ) {
        let now = Self.midnight + .seconds(900)
        #expect(told(schedule(overlap: overlap).turns(at: now, isBusy: true)) == [expected])
    }

    @Test func `B-8: whole days keep the hour of the clock`() throws {
        var daily = schedule(every: 86_400, zone: try Zone("Europe/Oslo"))
        daily.createdAt = Self.midnight + .seconds(20 * 86_400)
        let hours = daily.next(14, after: daily.createdAt).map {
            daily.zone.local($0).second / 3600
        }
        #expect(hours == Array(repeating: 1, count: 14))
    }

    @Test func `B-8: a paused schedule has no turns, and a time that is over none any more`() {
        var paused = schedule()
        paused.isPaused = true
        #expect(paused.turns(at: Self.midnight + .seconds(9_000), isBusy: false).isEmpty)
        var once = schedule()
        once.timing = .once(Self.midnight + .seconds(60))
        #expect(
            told(once.turns(at: Self.midnight + .seconds(90), isBusy: false)) == ["1 started 1"])
        #expect(once.next(after: Self.midnight + .seconds(60)) == nil)
    }

    @Test func `B-8: a long absence is told in parts, and one run stands for all of it`() {
        var minutely = schedule(every: 60)
        let now = Self.midnight + .seconds(25_000 * 60)
        var turns: [ScheduleTurn] = []
        while case let part = minutely.turns(at: now, isBusy: turns.last?.outcome == .started),
            let last = part.last
        {
            turns += part
            minutely.decidedUntil = last.dueAt
        }
        #expect(turns.map(\.count).reduce(0, +) == 25_000)
        #expect(turns.filter { $0.outcome == .started }.count == 1)
    }
}
