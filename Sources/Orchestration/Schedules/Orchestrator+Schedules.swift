// What people ask of schedules. Whoever leads hears of it by a ring, and decides anew.
import LuaRuntime
import Model
import Store

extension Orchestrator {
    private var store: Store { services.store }

    /// Keeps a new schedule. Its runbook is read, its parameters and the rights of who makes it are
    /// checked as if it were started now, so that a mistake shows today and not at night.
    ///
    /// Raises `schedule.exists`, `usage.invalid` for an interval that is too short or a time that
    /// is over, and what ``start(_:under:adding:)`` raises before it writes.
    package func addSchedule(_ schedule: RunSchedule, under lease: LeaseToken? = nil) async throws {
        try await check(schedule)
        guard try store.schedule(schedule.name) == nil else {
            throw Failure(
                .scheduleExists,
                "there is a schedule '\(schedule.name)' already; choose another "
                    + "--name, or `muster schedule remove \(schedule.name)`",
                context: ["schedule": schedule.name])
        }
        try await save(schedule, "make the schedule \(schedule.name)", by: schedule.by, lease)
    }

    private func check(_ schedule: RunSchedule) async throws {
        if case .every(let seconds) = schedule.timing,
            seconds * 1_000_000 < Limits.scheduleIntervalMin.microseconds
        {
            throw Failure(
                .usage, "a schedule comes due every \(Limits.scheduleIntervalMin.text) at most")
        }
        guard schedule.next(after: schedule.createdAt) != nil else {
            throw Failure(
                .usage, "the schedule '\(schedule.name)' never comes due: its time is over")
        }
        try await check(try request(of: schedule, dueAt: schedule.createdAt))
    }

    /// Due times of a paused schedule pass without a turn; resumed, it goes on with the next one.
    @discardableResult
    package func pauseSchedule(
        _ name: String, _ isPaused: Bool, by person: Person, under lease: LeaseToken? = nil
    ) async throws -> RunSchedule {
        var schedule = try self.schedule(name)
        schedule.isPaused = isPaused
        schedule.decidedUntil = max(schedule.decidedUntil, services.clock.now)
        let act = isPaused ? "pause" : "resume"
        try await save(schedule, "\(act) the schedule \(name)", by: person.name, lease)
        return schedule
    }

    /// What waits in its queue goes with it; its runs and its other turns stay.
    package func removeSchedule(
        _ name: String, by person: Person, under lease: LeaseToken? = nil
    ) async throws {
        _ = try schedule(name)
        try await store.commit(
            [.scheduleRemoved(name), decided("remove the schedule \(name)", by: person.name)],
            under: lease)
        ring(Notice(.schedulesChanged))
    }

    /// Raises `name.unknown` with the nearest name.
    package func schedule(_ name: String) throws -> RunSchedule {
        if let schedule = try store.schedule(name) { return schedule }
        throw Failure.unknown("schedule", name, among: try store.schedules().map(\.name))
    }

    private func save(
        _ schedule: RunSchedule, _ act: String, by name: String, _ lease: LeaseToken?
    ) async throws {
        try await store.commit(
            [.scheduleSaved(schedule), decided(act, by: name)], under: lease)
        ring(Notice(.schedulesChanged))
    }

    /// The run that a due time starts. Its random numbers come from the due time.
    func request(of schedule: RunSchedule, dueAt: Timestamp) throws(Failure) -> RunRequest {
        RunRequest(
            name: schedule.runbook, kind: schedule.kind,
            parameters: try Value(json: schedule.parameters).object ?? [:], scope: schedule.scope,
            by: services.rights.known(schedule.by),
            reason: "schedule \(schedule.name), due \(dueAt)",
            seed: RunSeed.derived(from: "\(schedule.name) \(dueAt)"))
    }
}
