// Runs of a plan that follow one which did not come to its end: going on from where it failed
// (P-8), and undoing it (P-10). The follower is a run of its own, made of the same texts; what its
// card looked at and who its members are is taken over, so that it is about the same vms (P-6).
import Model
import Store

extension Orchestrator {
    /// Goes on from a run that was aborted, with what becomes of its failed step. `kind` may turn a
    /// planned failover into an unplanned one. Returns the run that goes on.
    ///
    /// Raises `run.transition_refused` for a run that came to its end, is no plan's, is a test or
    /// was followed already; `replication.reason_missing` for a step left out without a reason;
    /// `usage.invalid` where no step has failed; and what ``start(_:under:adding:)`` raises of
    /// rights and scope.
    package func goOn(
        from id: RunID, _ verdict: PlanSequel.Verdict, as kind: FailoverKind? = nil,
        by person: Person, reason: String?, under lease: LeaseToken? = nil
    ) async throws -> RunID {
        let former = try await followed(id, by: person)
        try check(verdict, of: former, kind, reason)
        var act = "resume run \(id): \(verdict.rawValue)"
        if let task = former.failedTask { act += " \(task)" }
        if let kind, kind != former.failover { act += ", \(kind.rawValue) from here" }
        return try await follow(
            former, PlanSequel(after: former, verdict), as: kind ?? former.failover, act,
            by: person, reason, under: lease)
    }

    /// Undoes what the steps of a run did, the last first. Raises as ``goOn(from:_:as:by:reason:
    /// under:)`` does.
    package func undo(
        _ id: RunID, by person: Person, reason: String?, under lease: LeaseToken? = nil
    ) async throws -> RunID {
        let former = try await followed(id, by: person)
        guard former.sequel?.undone == nil else {
            throw refusal(former, "undone", "it undoes one itself; go on with it instead")
        }
        if let act = former.planAct {
            throw refusal(
                former, "undone",
                "\(act.kind.rawValue) cannot be taken back; go on with it, and the plan's failback "
                    + "brings all home")
        }
        return try await follow(
            former, PlanSequel(undoing: id), as: former.failover, "undo run \(id)", by: person,
            reason, under: lease)
    }

    private func followed(_ id: RunID, by person: Person) async throws -> RunRecord {
        try await requireTouch(id, by: person, as: "run \(id)")
        let run = try services.store.run(id)
        guard run.kind == .plan else {
            throw refusal(run, "followed", "it is a runbook's: run that again")
        }
        guard run.canBeFollowed else {
            throw refusal(run, "followed", "it is \(run.state.rawValue)")
        }
        if run.failover == .test {
            throw refusal(run, "followed", "a test has cleaned up behind itself: run it again")
        }
        return run
    }

    private func refusal(_ run: RunRecord, _ what: String, _ reason: String) -> Failure {
        Failure(
            .runTransitionRefused, "run \(run.id) cannot be \(what): \(reason)",
            context: ["run": run.id.description, "state": run.state.rawValue])
    }

    private func check(
        _ verdict: PlanSequel.Verdict, of run: RunRecord, _ kind: FailoverKind?, _ reason: String?
    ) throws(Failure) {
        if let kind, kind != run.failover, (run.failover, kind) != (.planned, .unplanned) {
            throw Failure(
                .usage,
                "run \(run.id) is \(run.planWord ?? "none"): only a planned failover can "
                    + "become another, and that unplanned")
        }
        if verdict == .retry { return }
        guard let task = run.failedTask else {
            throw Failure(
                .usage,
                "no step of run \(run.id) has failed, so there is none to \(verdict.rawValue)")
        }
        let isPlanned = run.planAct == nil && (kind ?? run.failover) != .unplanned
        if isPlanned, ItineraryBuilder.isIndispensable(task) {
            let vm = task.split(separator: "/").last ?? ""
            let unplanned = ", go on without the primary (--kind unplanned)"
            let way = run.failover == .planned ? unplanned : ""
            throw refusal(
                run, "gone on with so",
                "without \(task) the failover of \(vm) would fail in its turn; retry it\(way), or "
                    + "muster undo \(run.id)")
        }
        guard reason?.isEmpty == false else {
            throw Failure(
                .reasonMissing,
                "say why the step may be left out (--reason); it will stand in the report")
        }
    }

    private func follow(
        _ former: RunRecord, _ sequel: PlanSequel, as kind: FailoverKind?, _ act: String,
        by person: Person, _ reason: String?, under lease: LeaseToken?
    ) async throws -> RunID {
        let rights = former.planAct?.rights ?? kind.map { [FailoverRight(of: $0)] }
        try services.rights.require(rights ?? [], of: person.name)
        let now = services.clock.now
        var record = former.follower(at: now, version: version)
        record.parameters = sequel.parameters(with: former.planAct)
        record.failover = kind
        record.startedBy = person.name
        record.reason = reason
        let inheritance = try PlanInheritance(of: former, sequel, by: record, services.store)
        let id = try await services.store.commitRun(under: lease) { id in
            record.id = id
            return [.runInserted(record)] + inheritance.changes(for: id, at: now) + [
                decided(act, by: person.name, reason: reason, run: id),
                decided("\(act), as run \(id)", by: person.name, reason: reason, run: former.id),
            ]
        }
        ring(Notice(.runQueued, run: id))
        return id
    }
}

extension RunRecord {
    /// A run that comes after this one, not begun yet: of the same texts, within the same limits.
    func follower(at now: Timestamp, version: String) -> RunRecord {
        var record = self
        record.state = .queued
        record.createdAt = now
        record.startedAt = nil
        record.endedAt = nil
        record.wakeAt = nil
        record.failure = nil
        record.abort = nil
        record.suspension = nil
        record.stop = nil
        record.parent = nil
        record.runtimeVersion = version
        record.randomSeed = RunSeed.derived(from: randomSeed, "continued/\(id)")
        record.continuation = RunContinuation(predecessor: id, origin: continuation?.origin ?? id)
        return record
    }
}
