// Schedules in the store: a due time has one turn, whoever takes it.
import Model
import Testing

@testable import Store

@Suite struct ScheduleStoreTests {
    private let now = Timestamp(microseconds: 1_772_402_400_000_000)

    private func schedule() -> RunSchedule {
        RunSchedule(
            name: "nightly", runbook: "nightly", timing: .every(seconds: 900), by: "eva",
            createdAt: now)
    }

    private func turn(_ outcome: ScheduleTurn.Outcome) -> ScheduleTurn {
        ScheduleTurn(
            schedule: "nightly", dueAt: now + .seconds(900), outcome: outcome, remark: "why",
            decidedAt: now + .seconds(901))
    }

    @Test func `B-8: a due time that has its turn is refused another`() async throws {
        let lab = try Lab()
        let store = try lab.open()
        try await store.commit([.scheduleSaved(schedule()), .turnTaken(turn(.skipped))])
        for outcome in [ScheduleTurn.Outcome.skipped, .queued, .started] {
            await #expect {
                try await store.commit([.turnTaken(turn(outcome)), .scheduleRemoved("nightly")])
            } throws: { ($0 as? Failure)?.code == .turnTaken }
        }
        #expect(try store.turns(of: "nightly", limit: 9) == [turn(.skipped)])
        #expect(try store.schedule("nightly")?.decidedUntil == now + .seconds(900))
    }

    @Test func `B-8: a queued turn is decided once more, and goes with its schedule`()
        async throws
    {
        let lab = try Lab()
        let store = try lab.open()
        try await store.commit([.scheduleSaved(schedule()), .turnTaken(turn(.queued))])
        #expect(try store.queuedTurns(of: "nightly") == [turn(.queued)])
        try await store.commit([.turnTaken(turn(.refused))])
        #expect(try store.turns(of: "nightly", limit: 9) == [turn(.refused)])
        var later = turn(.queued)
        later.dueAt = now + .seconds(1_800)
        try await store.commit([.turnTaken(later)])
        try await store.commit([.scheduleRemoved("nightly")])
        #expect(try store.turns(of: "nightly", limit: 9) == [turn(.refused)])
    }
}
