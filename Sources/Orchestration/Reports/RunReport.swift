// What a run did, for the auditor: made from the store alone, so that it says the same on every
// machine and after every death.
import Model
import Store

package struct RunReport: Sendable {
    /// One call as the journal has it.
    package struct Act: Sendable {
        package let place: JournalPlace
        package let primitive: String
        /// Canonical JSON of the list of arguments.
        package let arguments: String
        package let begunAt: Timestamp
        /// nil while its outcome is not written.
        package let outcome: JournalEntry?
    }

    /// What a vm was brought to: its point, and the hashes that proved its disks.
    package struct Recovery: Sendable {
        package let vm: String
        /// As `replication.points` shows it.
        package let point: Value
        /// For each disk; empty when nothing was proven.
        package let roots: [String: String]
    }

    package let run: RunRecord
    package let decisions: [Decision]
    package let stages: [PlanProgress.Stage]
    package let questions: [Question]
    package let acts: [Act]
    /// The lines of the author's streams.
    package let notes: [RunNote]
    /// The vms as they stood when the run ended.
    package let stand: [Value]
    /// The vms that came too late to be in this run (P-6).
    package var latecomers: [String]
    /// Seconds of writes each vm lost, as preflight found.
    package let losses: [String: Double]
    /// What preflight found that did not stop the run.
    package let warnings: [String]
    /// What the plan promised.
    package let objective: Objective
    /// What was expected of it; nil for a runbook, and for a run that goes on or undoes.
    package let forecast: PlanForecast?
    /// How the plan was rehearsed when the run began (P-12); nil for a runbook's.
    package let rehearsal: PlanRehearsal?
    /// What a runbook returned.
    package let returned: Value?
    /// What was recorded beside the journal: escalations, refusals, the use of assets.
    package let events: [Event]
    /// The runs it has started, oldest first.
    package let children: [RunRecord]
    /// The run it goes on as; nil when it does not.
    package let successor: RunID?
    /// Until when the times are counted: the run's end, or now.
    let until: Timestamp

    /// Raises `name.unknown` when there is no such run.
    package init(_ id: RunID, store: Store, now: Timestamp) throws {
        run = try store.run(id)
        decisions = try store.decisions(of: id)
        questions = try store.questions(of: id)
        let told = try store.planNotes(of: id)
        stages = PlanProgress.stages(from: told)
        objective = PlanProgress.objective(from: told)
        forecast = PlanProgress.forecast(from: told)
        rehearsal = PlanProgress.rehearsal(from: told)
        stand = PlanProgress.stand(from: told) ?? []
        latecomers = PlanProgress.latecomers(from: told)
        notes = try store.lines(of: id, limit: .max).map(\.note)
        acts = try Self.acts(of: id, store)
        let preflight = Self.preflight(in: acts)
        losses = (preflight?["loss"]?.object ?? [:]).compactMapValues(\.number)
        warnings = (preflight?["warnings"]?.list ?? []).compactMap(\.text)
        returned = try store.returned(by: id)
        events = try store.events(of: id).filter { $0.topic != "run.returned" }
        children = try store.children(of: id).map { try store.run($0) }
        successor = try store.successor(of: id)
        until = run.endedAt ?? now
    }

    /// Every call of a run, in the order in which they were begun.
    static func acts(of run: RunID, _ store: Store) throws -> [Act] {
        try store.branches(of: run).flatMap { branch in
            acts(in: try store.entries(of: run, branch: branch))
        }.sorted {
            ($0.begunAt, $0.place.branch, $0.place.sequence)
                < ($1.begunAt, $1.place.branch, $1.place.sequence)
        }
    }

    private static func acts(in entries: [JournalEntry]) -> [Act] {
        entries.enumerated().filter { $0.element.kind == .intent }.map { index, intent in
            let next = index + 1 < entries.count ? entries[index + 1] : nil
            return Act(
                place: intent.place, primitive: intent.primitive, arguments: intent.payload,
                begunAt: intent.at, outcome: next.flatMap { $0.kind.isOutcome ? $0 : nil })
        }
    }

    /// What the engine's own preflight returned; nil when it found a fault, or never ran.
    private static func preflight(in acts: [Act]) -> Value? {
        let preflight = acts.first {
            $0.primitive == "plan.preflight" && $0.outcome?.kind == .result
        }
        return preflight?.outcome.flatMap { try? Value(json: $0.payload) }
    }

    /// The vms that were failed over, tests as well, by their names.
    package var recoveries: [Recovery] {
        acts.compactMap(Recovery.init).sorted { $0.vm < $1.vm }
    }

    /// From the start of the run to its end.
    package var took: Duration { until - (run.startedAt ?? run.createdAt) }
    /// Time in which the run waited for people (M-4).
    package var humanTime: Duration { questions.timeWaited(until: until) }
    package var machineTime: Duration { took - humanTime }
}

extension RunReport.Recovery {
    /// nil when the act was no failover, or did not come to its end.
    fileprivate init?(_ act: RunReport.Act) {
        guard ["replication.failover", "replication.test_failover"].contains(act.primitive),
            let outcome = act.outcome, outcome.kind == .result,
            let result = try? Value(json: outcome.payload),
            let point = result["point"],
            let vm = (try? Value(json: act.arguments))?.list?.first
        else { return nil }
        self.vm = vm.text ?? vm["name"]?.text ?? ""
        self.point = point
        roots = (result["roots"]?.object ?? [:]).compactMapValues(\.text)
    }
}
