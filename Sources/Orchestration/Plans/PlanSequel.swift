// A run of a plan that follows one which did not come to its end: it goes on from where that one
// failed (P-8), or undoes what its steps did (P-10). Which of the two stands in its parameters. The
// run it follows has ended, so that what that one did does not change any more, and every execution
// of this one finds the same.
import Model
import Store

package struct PlanSequel: Sendable, Hashable {
    /// What becomes of the step that failed.
    package enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// It is tried again.
        case retry
        /// It is left out.
        case skip
        /// Its failure is forgiven.
        case ignore
    }

    /// The run before it.
    package let former: RunID
    /// nil for a run that begins to undo.
    package let verdict: Verdict?
    /// The run whose steps are undone, by this run or already by those before it.
    package let undone: RunID?

    /// Undoes what a run did.
    package init(undoing run: RunID) {
        former = run
        verdict = nil
        undone = run
    }

    /// Goes on from a run, be it one that undoes.
    package init(after run: RunRecord, _ verdict: Verdict) {
        former = run.id
        self.verdict = verdict
        undone = run.sequel?.undone
    }

    /// Those of the run; one that follows an act goes on with the same.
    func parameters(with act: PlanAct?) -> Value {
        var fields = act?.value.object ?? [:]
        fields["follows"] = .integer(former.number)
        if let verdict { fields["failed"] = .text(verdict.rawValue) }
        if let undone { fields["undoes"] = .integer(undone.number) }
        return .object(fields)
    }
}

extension RunRecord {
    /// What the run has to do with an earlier one; nil for a run of its own, and for a runbook's.
    package var sequel: PlanSequel? {
        kind == .plan ? PlanSequel(parameters) : nil
    }

    /// Whether another run can go on from it: it is a plan's and did not come to its end.
    package var canBeFollowed: Bool {
        kind == .plan && [.aborted, .failed, .stopped].contains(state)
    }

    /// The task whose failure ended the run; nil when something else did.
    package var failedTask: String? {
        failure?.code == .stepFailed ? failure?.context["task"] : nil
    }
}

extension PlanSequel {
    fileprivate init?(_ parameters: Value) {
        guard let number = parameters["follows"]?.integer else { return nil }
        former = RunID(number)
        verdict = parameters["failed"]?.text.flatMap(Verdict.init)
        undone = parameters["undoes"]?.integer.map { RunID($0) }
    }

    /// The tasks that are not done again, and how they count as ended. The engine's own preflight
    /// looks again whatever it found before.
    func carried(from run: RunRecord, _ stages: [PlanProgress.Stage], by words: String)
        -> [String: PlanMachine.TaskEnd]
    {
        guard let verdict else { return [:] }
        let tasks = stages.flatMap(\.tasks).filter { $0.id != ItineraryBuilder.check }
        return Dictionary(
            uniqueKeysWithValues: tasks.compactMap { task in
                end(of: task, verdict, run, words).map { (task.id, $0) }
            })
    }

    private func end(
        of task: PlanProgress.Task, _ verdict: Verdict, _ run: RunRecord, _ words: String
    ) -> PlanMachine.TaskEnd? {
        switch task.state {
        case .done: return .done
        case .skipped: return .skipped(task.remark ?? "")
        case .forgiven: return .forgiven(Failure(.stepFailed, task.remark ?? ""))
        case .notBegun, .running: return nil
        case .failed:
            guard task.id == run.failedTask, let failure = run.failure else { return nil }
            switch verdict {
            case .retry: return nil
            case .skip: return .skipped("skipped by \(words)")
            case .ignore:
                return .forgiven(
                    Failure(.stepFailed, "\(failure.message); ignored by \(words)", cause: failure))
            }
        }
    }
}

/// What a run that follows another one finds done already.
struct PlanPast: Sendable {
    let sequel: PlanSequel
    let carried: [String: PlanMachine.TaskEnd]
    /// How the tasks that are to be undone ended, the last first; empty for one that goes on.
    let undone: [PlanProgress.Task]

    /// nil for a run that follows none.
    init?(of run: RunRecord, _ store: Store) throws {
        guard let sequel = run.sequel else { return nil }
        self.sequel = sequel
        let former = try store.run(sequel.former)
        carried = sequel.carried(
            from: former, PlanProgress.stages(from: try store.planNotes(of: former.id)),
            by: run.words)
        undone = try sequel.undone.map { try Self.begun(in: $0, store) } ?? []
    }

    /// The tasks that a run began, the one that ended last first.
    private static func begun(in run: RunID, _ store: Store) throws -> [PlanProgress.Task] {
        let tasks = PlanProgress.stages(from: try store.planNotes(of: run)).flatMap(\.tasks)
        return tasks.filter { $0.begunAt != nil && $0.state != .skipped }.enumerated()
            .sorted { left, right in
                let ends = [left, right].map { $0.element.endedAt?.microseconds ?? .max }
                return (ends[0], left.offset) > (ends[1], right.offset)
            }.map(\.element)
    }
}
