// What people ask of triggers. Whoever leads hears of it by a ring, and looks anew.
import Fabric
import LuaRuntime
import Model
import Store

extension Orchestrator {
    private var store: Store { services.store }

    /// Keeps a new trigger. What is there now is known to it and does not fire. Its runbook is
    /// read, its parameters and the rights of who makes it are checked as if it fired now.
    ///
    /// Raises `trigger.exists`, `usage.invalid` for a filter that its cause does not know,
    /// `name.unknown` for a site that is not there, and what ``start(_:under:adding:)`` raises
    /// before it writes.
    package func addTrigger(_ trigger: RunTrigger, under lease: LeaseToken? = nil) async throws {
        try await check(trigger)
        guard try store.trigger(trigger.name) == nil else {
            throw Failure(
                .triggerExists,
                "there is a trigger '\(trigger.name)' already; choose another name, or "
                    + "`muster trigger remove \(trigger.name)`",
                context: ["trigger": trigger.name])
        }
        let marks = try await TriggerSight(services: services).marks(for: trigger)
        try await save(trigger, marks, "make the trigger \(trigger.name)", by: trigger.by, lease)
    }

    private func check(_ trigger: RunTrigger) async throws {
        _ = try Name.checked(trigger.name, "trigger")
        let strange = trigger.filter.options.subtracting(trigger.cause.options)
        if let option = strange.min() {
            let known = trigger.cause.options.sorted().joined(separator: ", ")
            throw Failure(
                .usage,
                "a trigger on \(trigger.cause.rawValue) knows no \(option)"
                    + (known.isEmpty ? "" : "; it may be narrowed by \(known)"))
        }
        if let state = trigger.filter.state, !state.isFinal {
            throw Failure(
                .usage, "a run ends completed, failed or aborted, and not \(state.rawValue)")
        }
        if let kind = trigger.kind, kind != .test {
            throw Failure(
                .usage,
                "a trigger starts test failovers only: to fail over is a person's decision. Start "
                    + "a runbook that asks instead")
        }
        if let site = trigger.filter.site { try await services.fabric.site(named: site) }
        var example = TriggerSubject("example", mark: nil)
        for fact in trigger.cause.facts { example.facts[fact] = fact == "run" ? "1" : fact }
        try await check(try await request(of: trigger, for: example))
    }

    /// What happens while a trigger is paused does not fire, then or later.
    @discardableResult
    package func pauseTrigger(
        _ name: String, _ isPaused: Bool, by person: Person, under lease: LeaseToken? = nil
    ) async throws -> RunTrigger {
        var trigger = try self.trigger(name)
        let isResumed = trigger.isPaused && !isPaused
        trigger.isPaused = isPaused
        let marks =
            isResumed ? try await TriggerSight(services: services).marks(for: trigger) : nil
        let act = isPaused ? "pause" : "resume"
        try await save(trigger, marks, "\(act) the trigger \(name)", by: person.name, lease)
        return trigger
    }

    /// Its runs and firings stay.
    package func removeTrigger(
        _ name: String, by person: Person, under lease: LeaseToken? = nil
    ) async throws {
        _ = try trigger(name)
        try await store.commit(
            [.triggerRemoved(name), decided("remove the trigger \(name)", by: person.name)],
            under: lease)
        ring(Notice(.triggersChanged))
    }

    /// Raises `name.unknown` with the nearest name.
    package func trigger(_ name: String) throws -> RunTrigger {
        if let trigger = try store.trigger(name) { return trigger }
        throw Failure.unknown("trigger", name, among: try store.triggers().map(\.name))
    }

    private func save(
        _ trigger: RunTrigger, _ marks: [String: String]?, _ act: String, by name: String,
        _ lease: LeaseToken?
    ) async throws {
        try await store.commit(
            [.triggerSaved(trigger, marks: marks), decided(act, by: name)], under: lease)
        ring(Notice(.triggersChanged))
    }
}
