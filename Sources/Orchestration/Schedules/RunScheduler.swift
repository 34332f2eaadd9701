// Starts the runs of schedules while an engine leads. A due time and the run it starts are written
// in one transaction, and a due time that has its turn is refused another: so it is started once,
// whoever leads, however often, and wherever he dies.
//
//     look ─▶ turns of what came due ─▶ ends that let queued ones begin ─▶ sleep until the next
//      ▲                                                                     │ due time, or until
//      └─────────────────────────────────────────────────────────────────────┘ somebody rings
import Fabric
import Model
import Store

package struct RunScheduler: Sendable {
    private let orchestrator: Orchestrator
    private let lease: LeaseToken?

    package init(_ orchestrator: Orchestrator, under lease: LeaseToken? = nil) {
        self.orchestrator = orchestrator
        self.lease = lease
    }

    private var store: Store { orchestrator.services.store }
    private var clock: any WallClock { orchestrator.services.clock }

    /// Leads until its task is cancelled. Raises the engine's own trouble.
    package func run(_ notices: AsyncStream<Notice>) async throws {
        let bell = Bell()
        let hearing = Task {
            for await notice in notices where Self.concerns(notice) { bell.ring() }
        }
        defer { hearing.cancel() }
        while true {
            let heard = bell.count
            let next = try await look()
            try await bell.wait(after: heard, until: next, clock: clock)
        }
    }

    private static func concerns(_ notice: Notice) -> Bool {
        [.missed, .schedulesChanged, .runChanged].contains(notice.topic)
    }

    /// Decides on everything that is due now; returns when the next due time comes, nil for never.
    package func look() async throws -> Timestamp? {
        var next: Timestamp?
        for schedule in try store.schedules() where !schedule.isPaused {
            try await take(schedule)
            try await startQueued(schedule)
            let due = schedule.next(after: clock.now)
            next = [next, due].compactMap { $0 }.min()
        }
        return next
    }

    private func take(_ schedule: RunSchedule) async throws {
        var schedule = schedule
        while true {
            let turns = schedule.turns(at: clock.now, isBusy: try isBusy(schedule))
            guard let last = turns.last else { return }
            for turn in turns { try await take(turn, schedule) }
            schedule.decidedUntil = last.dueAt
        }
    }

    private func isBusy(_ schedule: RunSchedule) throws -> Bool {
        let isQueued = try !store.queuedTurns(of: schedule.name).isEmpty
        return try isQueued || !store.unfinishedRuns(ofSchedule: schedule.name).isEmpty
    }

    private func take(_ turn: ScheduleTurn, _ schedule: RunSchedule) async throws {
        if turn.outcome == .started { return try await start(turn, schedule) }
        try await keep(turn)
        guard turn.outcome == .queued, schedule.overlap == .stopPrevious else { return }
        for run in try store.unfinishedRuns(ofSchedule: schedule.name) {
            try await stop(run, for: schedule)
        }
    }

    private func stop(_ run: RunID, for schedule: RunSchedule) async throws {
        do {
            try await orchestrator.wish(
                .abort, of: run, by: Person(name: schedule.by),
                reason: "schedule \(schedule.name) is due again")
        } catch let failure as Failure where failure.code == .runTransitionRefused {
            // It has ended by itself.
            return
        }
    }

    /// The oldest that waits, when nothing of the schedule goes on any more.
    private func startQueued(_ schedule: RunSchedule) async throws {
        guard try store.unfinishedRuns(ofSchedule: schedule.name).isEmpty,
            var turn = try store.queuedTurns(of: schedule.name).first
        else { return }
        turn.decidedAt = clock.now
        try await start(turn, schedule)
    }

    private func start(_ turn: ScheduleTurn, _ schedule: RunSchedule) async throws {
        var turn = turn
        turn.outcome = .started
        do {
            let request = try orchestrator.request(of: schedule, dueAt: turn.dueAt)
            _ = try await orchestrator.start(request, under: lease) { run in
                turn.run = run
                return [.turnTaken(turn)]
            }
        } catch let failure as Failure where failure.code == .turnTaken {
            return
        } catch let failure as Failure where failure.isOutcome {
            turn.run = nil
            turn.outcome = .refused
            turn.remark = failure.message
            try await keep(turn)
        }
    }

    private func keep(_ turn: ScheduleTurn) async throws {
        do {
            try await store.commit([.turnTaken(turn)], under: lease)
        } catch let failure as Failure where failure.code == .turnTaken {
            return
        }
    }
}
