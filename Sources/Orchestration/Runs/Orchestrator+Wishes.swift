// What people wish of a run: that it rests, goes on, ends where it stands, or cleans up and ends.
// What comes of it is decided by Model, in the transaction that writes the wish and the decision.
import Model
import Store

extension Orchestrator {
    /// Writes a wish down and rings whoever leads the run, in whatever process. Returns the run as
    /// it stands then; what is noted only is obeyed by the leader, or by whoever leads it next.
    ///
    /// Raises `run.transition_refused` where the run can have no such wish, `name.unknown`, and
    /// `scope.refused` for another tenant's run (S-4), or for one who would have a plan go on that
    /// he may not start (F-9).
    @discardableResult
    package func wish(
        _ wish: RunWish, of id: RunID, by person: Person, reason: String?
    ) async throws -> RunRecord {
        let store = services.store
        try await requireTouch(id, by: person, as: "run \(id)")
        if wish == .resume {
            let run = try store.run(id)
            let rights = run.planAct?.rights ?? run.failover.map { [FailoverRight(of: $0)] }
            try services.rights.require(rights ?? [], of: person.name)
        }
        let made = RunWishMade(by: person.name, reason: reason, at: services.clock.now)
        try await store.commit([
            .runWished(id, wish, made),
            decided("\(wish.rawValue) run \(id)", by: person.name, reason: reason, run: id),
        ])
        ring(Notice(Notice.Topic(wish), run: id))
        let run = try store.run(id)
        if run.state.isFinal { ring(Notice(.runChanged, run: id)) }
        return run
    }
}
