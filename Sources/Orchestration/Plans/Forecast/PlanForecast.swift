// What a run of a plan is expected to take and to lose: of each task, of the service's absence, of
// the whole. A pure function of the itinerary and of what is known, so that the dry run and the run
// that is scored afterwards cannot differ but by what they knew.
//
//     a task      earlier runs of it, else sizes and rates, else what its card allows
//     a stage     its longest chain, but no less than its work from sizes over the lanes there are
//     away        the stages from the first shutdown to the last group
import Model

package struct PlanForecast: Sendable, Hashable {
    /// What a time comes from.
    package enum Source: Sendable, Hashable {
        /// So many earlier runs of the same kind and direction did it.
        case runs(Int)
        /// So many runs of other kinds did it, and none of this one.
        case otherRuns(Int)
        /// Bytes, at rates that were measured.
        case sizes
        /// A person, who was never asked before.
        case person
        /// A script that was never run: its time limit is all that is known.
        case limit
        /// It will be skipped.
        case skipped
    }

    package struct Task: Sendable, Hashable {
        package let id: String
        package let time: TimeBand
        package let source: Source
    }

    package struct Loss: Sendable, Hashable {
        package let time: TimeBand
        /// What the primary has written and not sent; nil where that was not looked at.
        package let pending: ByteCount?
    }

    /// In the order of the itinerary.
    package let tasks: [Task]
    /// How long the service will be away: what the report measures as its RTO.
    package let away: TimeBand
    package let whole: TimeBand
    /// What each vm would lose.
    package let losses: [String: Loss]

    init(tasks: [Task], away: TimeBand, whole: TimeBand, losses: [String: Loss]) {
        self.tasks = tasks
        self.away = away
        self.whole = whole
        self.losses = losses
    }

    package init(of itinerary: Itinerary, as kind: FailoverKind, from facts: PlanFacts) {
        let tasks = itinerary.tasks.map { Self.task($0, facts) }
        let byID = Dictionary(uniqueKeysWithValues: tasks.map { ($0.id, $0) })
        let stages = itinerary.stages.map { stage in
            (id: stage.id, time: Self.time(of: stage, byID, lanes: facts.lanes))
        }
        let last = stages.lastIndex { $0.id.hasPrefix("groups/") }
        let first = stages.firstIndex { $0.id.hasPrefix("shutdown/") } ?? stages.startIndex
        self.tasks = tasks
        whole = stages.map(\.time).reduce(.nothing, +)
        away = last.map { stages[first...$0].map(\.time).reduce(.nothing, +) } ?? .nothing
        losses = facts.machines.compactMapValues { $0.loss(by: kind) }
    }

    // MARK: A task

    private static func task(_ task: Itinerary.Task, _ facts: PlanFacts) -> Task {
        let (time, source) = expected(task, facts)
        return Task(id: task.id, time: time, source: source)
    }

    private static func expected(
        _ task: Itinerary.Task, _ facts: PlanFacts
    ) -> (TimeBand, Source) {
        if case .machine(let act, let vm) = task.work, facts.machines[vm]?.isDone(act) == true {
            return (.nothing, .skipped)
        }
        if let samples = facts.history.same[task.id], let band = TimeBand(samples: samples) {
            return (band, .runs(samples.count))
        }
        switch task.work {
        case .check:
            return (ActRates.preflight(of: facts.machines.count), .sizes)
        case .machine(let act, let vm):
            return (ActRates.time(of: act, facts.machines[vm] ?? MachineFacts()), .sizes)
        case .plan:
            return other(task, facts)
                ?? (TimeBand(.zero, ActRates.person, ActRates.personMax), .limit)
        case .manual(let manual):
            return other(task, facts) ?? (waiting(for: manual), .person)
        case .script(_, let manual):
            if let known = other(task, facts) { return known }
            let script = TimeBand(.zero, ActRates.script, max(task.longest, ActRates.script))
            return (manual.map { script + waiting(for: $0) } ?? script, .limit)
        }
    }

    /// A step is the same for every kind; what the engine does with a vm is not.
    private static func other(
        _ task: Itinerary.Task, _ facts: PlanFacts
    ) -> (TimeBand, Source)? {
        guard let samples = facts.history.others[task.id] else { return nil }
        return TimeBand(samples: samples).map { ($0, .otherRuns(samples.count)) }
    }

    private static func waiting(for manual: ManualTask) -> TimeBand {
        guard let deadline = manual.deadline else {
            return TimeBand(.zero, ActRates.person, ActRates.personMax)
        }
        return TimeBand(.zero, min(ActRates.person, deadline), deadline)
    }

    // MARK: A stage

    private static func time(
        of stage: Itinerary.Stage, _ tasks: [String: Task], lanes: Int
    ) -> TimeBand {
        var ends: [String: TimeBand] = [:]
        let needs = Dictionary(uniqueKeysWithValues: stage.tasks.map { ($0.id, $0.needs) })
        func end(of id: String) -> TimeBand {
            if let known = ends[id] { return known }
            let start = (needs[id] ?? []).map(end).reduce(.nothing, TimeBand.longer)
            let found = start + (tasks[id]?.time ?? .nothing)
            ends[id] = found
            return found
        }
        let chain = stage.tasks.map { end(of: $0.id) }.reduce(.nothing, TimeBand.longer)
        let work = stage.tasks.compactMap { tasks[$0.id] }.filter { $0.source == .sizes }
            .map(\.time).reduce(.nothing, +)
        return .longer(chain, work / max(1, lanes))
    }
}

extension Itinerary.Task {
    /// All its attempts, each as long as it may be.
    fileprivate var longest: Duration {
        policy.timeLimit * (policy.retries + 1) + policy.retryAfter * policy.retries
    }
}
