// What the faces of the program show: runs and reports, as they stand in the store.
// The views are the same for each face (Reports), so that the page and the command never differ.
// A tenant's person sees his tenant's.
import Model
import Store

extension Orchestrator {
    /// Runs that the person sees, newest first, older than `before` when given.
    package func runs(
        for person: Person, in states: Set<RunState>? = nil, before: RunID? = nil, limit: Int
    ) throws -> [RunRecord] {
        try services.store.runs(in: states, before: before, scope: person.tenant, limit: limit)
    }

    /// Raises `name.unknown`, and `scope.refused` for another tenant's.
    package func run(_ id: RunID, for person: Person) throws -> RunRecord {
        let run = try services.store.run(id)
        try person.require(run.scope, of: "run \(id)")
        return run
    }

    /// What a run did up to now. Raises what ``run(_:for:)`` raises.
    package func report(_ id: RunID, for person: Person) throws -> RunReport {
        _ = try run(id, for: person)
        return try RunReport(id, store: services.store, now: services.clock.now)
    }

    /// Whether the person is told of what a notice is about.
    package func concerns(_ notice: Value, _ person: Person) throws -> Bool {
        guard person.tenant != nil, let number = notice["run"]?.integer else { return true }
        return person.mayTouch(try services.store.run(RunID(number)).scope)
    }
}

extension Notice {
    /// A notice as every face shows it: `{"run":17,"topic":"answered"}`.
    package var view: Value {
        ["topic": .text(topic.rawValue), "run": run.map { .integer($0.number) } ?? .null]
    }
}
