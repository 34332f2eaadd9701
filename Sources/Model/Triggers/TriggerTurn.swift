// What a trigger makes of a thing that it sees: a pure machine. The mark it bears and how it stands
// now go in; the turn comes out.
//
//     no mark ──── vm is there, webhook came ─▶ fired          a protection begins with `warning`,
//                                                             a plan with `ready`
//     a mark ──── the same ──────────────────▶ nothing
//        │ ────── vm is elsewhere, or gone ──▶ marked
//        └─────── health or readiness differs, run ended ─▶ fired
//
// Fired becomes marked where the filter does not want it, and where a run of the trigger's own did
// it: no trigger calls itself.

/// A thing that a trigger watches, as it stands now.
package struct TriggerSubject: Sendable, Hashable {
    package var name: String
    /// How it stands; nil when it is no more.
    package var mark: String?
    package var site: String?
    package var subscription: String?
    package var tags: [String] = []
    package var runbook: String?
    /// What the run is told.
    package var facts: [String: String] = [:]
    /// The triggers behind it, oldest first.
    package var lineage: [String] = []

    package init(_ name: String, mark: String?) {
        self.name = name
        self.mark = mark
    }
}

package enum TriggerTurn: Sendable, Hashable {
    case nothing
    /// The new mark is set; no run is started.
    case marked
    case fired
}

extension RunTrigger {
    /// What becomes of `subject`, which bears the mark `former`.
    package func turn(of subject: TriggerSubject, after former: String?) -> TriggerTurn {
        guard subject.mark != former else { return .nothing }
        guard let mark = subject.mark else { return .marked }
        let isNews =
            switch cause {
            case .vmAppeared, .webhook: former == nil
            case .healthChanged: (former ?? ReplicationHealth.warning.rawValue) != mark
            case .readinessChanged: (former ?? PlanReadiness.word(isReady: true)) != mark
            case .runEnded: true
            }
        return isNews && wants(subject) ? .fired : .marked
    }

    private func wants(_ subject: TriggerSubject) -> Bool {
        func agrees(_ wanted: String?, _ actual: String?) -> Bool {
            wanted == nil || wanted == actual
        }
        return !subject.lineage.contains(name) && agrees(filter.site, subject.site)
            && agrees(filter.subscription, subject.subscription)
            && (cause == .runEnded || agrees(scope, subject.subscription) || cause == .webhook)
            && (filter.tag.map(subject.tags.contains) ?? true)
            && agrees(filter.health?.rawValue, subject.facts["health"])
            && agrees(filter.runbook, subject.runbook)
            && agrees(filter.state?.rawValue, subject.facts["state"])
    }
}

/// A mark to be compared and set.
package struct TriggerMark: Sendable, Hashable {
    package var trigger: String
    package var subject: String
    /// What it must be; nil: there must be none.
    package var former: String?
    /// What it becomes; nil takes it away.
    package var mark: String?

    package init(trigger: String, subject: String, former: String?, mark: String?) {
        self.trigger = trigger
        self.subject = subject
        self.former = former
        self.mark = mark
    }
}

/// That a trigger fired, and what came of it. Kept for ever.
package struct TriggerFiring: Sendable, Hashable {
    package enum Outcome: String, Sendable, Hashable, Codable {
        case started
        /// The run could not be started; the remark says why.
        case refused
    }

    package var mark: TriggerMark
    package var outcome: Outcome
    package var run: RunID?
    /// What fired it; why it was refused.
    package var remark: String
    /// The triggers whose runs led to this one, oldest first, with this one last.
    package var lineage: [String]
    package var at: Timestamp

    package init(
        _ mark: TriggerMark, outcome: Outcome, run: RunID? = nil, remark: String,
        lineage: [String], at: Timestamp
    ) {
        self.mark = mark
        self.outcome = outcome
        self.run = run
        self.remark = remark
        self.lineage = lineage
        self.at = at
    }
}
