// What the faces of the program show: runs and reports, as they stand in the store.
// The views are the same for each face (Reports), so that the page and the command never differ.
import Model
import Store

extension Orchestrator {
    /// Runs, newest first, older than `before` when given.
    package func runs(before: RunID? = nil, limit: Int) throws -> [RunRecord] {
        try services.store.runs(before: before, limit: limit)
    }

    /// Raises `name.unknown`.
    package func run(_ id: RunID) throws -> RunRecord { try services.store.run(id) }

    /// What a run did up to now. Raises `name.unknown`.
    package func report(_ run: RunID) throws -> RunReport {
        try RunReport(run, store: services.store, now: services.clock.now)
    }
}

extension Notice {
    /// A notice as every face shows it: `{"run":17,"topic":"answered"}`.
    package var view: Value {
        ["topic": .text(topic.rawValue), "run": run.map { .integer($0.number) } ?? .null]
    }
}
