// The hands of the PlanMachine: begins tasks, hears how they end, parks the run when all that is
// left waits for somebody. Keeps nothing: a new execution replays the journals of the tasks and
// comes to the same place.
import Model
import Store

struct PlanConductor: Sendable {
    let context: RunContext

    func conduct() async throws -> RunExecution.End {
        switch try await PlanBriefing.make(context) {
        case .failure(let failure): return .aborted(failure)
        case .success(let briefing):
            let progress = try PlanProgressWriter(context: context)
            try await progress.write(briefing.itinerary)
            if briefing.act == nil {
                // What is promised, and what a drill shows, is of failovers.
                try await progress.write(briefing.plan.objective)
                try await rehearsed(briefing.plan, progress)
            }
            try await foretell(briefing, progress)
            var conducting = Conducting(briefing: briefing, context: context, progress: progress)
            let end = try await conducting.run()
            if case .parked = end { return end }
            var journal = try BranchJournal(
                context: context, branch: Branch("stand"), hearsAbort: false, canHalt: false)
            try await progress.write(stand: try await stand(briefing, &journal))
            try await progress.write(latecomers: try await latecomers(&journal))
            return end
        }
    }

    /// What the run is expected to come to, before it has done anything: its report holds the
    /// prediction against what was measured. One that goes on or undoes has none.
    private func foretell(
        _ briefing: PlanBriefing, _ progress: PlanProgressWriter
    ) async throws {
        guard briefing.past == nil, context.rehearsal == nil, !progress.hasForecast else { return }
        let reader = PlanFactsReader(services: context.services)
        do {
            let facts = try await reader.facts(of: briefing, named: context.run.name)
            try await progress.write(
                PlanForecast(of: briefing.itinerary, as: briefing.kind, from: facts))
        } catch let failure as Failure where failure.isOutcome {
            // Nobody's failover waits for a forecast: such a run has none.
        }
    }

    /// How the plan was rehearsed, and what it is made of: a test that succeeds was of that.
    private func rehearsed(
        _ plan: RecoveryPlan, _ progress: PlanProgressWriter
    ) async throws {
        guard context.rehearsal == nil, !progress.hasRehearsal,
            let texts = try PlanTexts(of: context)
        else { return }
        let check = RehearsalCheck(
            services: context.services, sight: FabricSight(context.services.fabric))
        do {
            let fingerprint = try await check.fingerprint(of: plan, texts)
            try await progress.write(
                try check.rehearsal(of: context.run.name, now: fingerprint), of: fingerprint)
        } catch let failure as Failure where failure.isOutcome {
            // Nor for what it was made of: of such a test nothing can be said later.
        }
    }

    /// What stands now, for the report: where each vm is, whether it runs, and how it is protected.
    private func stand(
        _ briefing: PlanBriefing, _ journal: inout BranchJournal
    ) async throws -> Value {
        let names = Value.list(briefing.plan.vms.map { .text($0) })
        guard case .value(let json) = try await journal.call("plan.freeze", names) else {
            return []
        }
        return try Value(json: json)
    }

    /// The machines that came too late for this run.
    private func latecomers(_ journal: inout BranchJournal) async throws -> [String] {
        let latecomers = try Latecomers(of: context.run.id, store: context.services.store)
        var found: [Value] = []
        for filter in latecomers.filters {
            guard case .value(let json) = try await journal.call("fabric.select", filter) else {
                continue
            }
            found.append(try Value(json: json))
        }
        return latecomers.among(found)
    }
}

/// One execution of a plan.
private struct Conducting {
    private enum Report: Sendable {
        case ended(task: String, PlanMachine.TaskEnd)
        case parked(task: String, until: Timestamp?)
        case woken
        /// The time has come for tasks that parked until then.
        case due
    }

    private let briefing: PlanBriefing
    private let context: RunContext
    private let progress: PlanProgressWriter
    private var machine: PlanMachine
    private var running = 0
    private var parked: [String: Timestamp?] = [:]
    private var conclusion: PlanMachine.Conclusion?
    private let tasks: [String: Itinerary.Task]

    init(briefing: PlanBriefing, context: RunContext, progress: PlanProgressWriter) {
        self.briefing = briefing
        self.context = context
        self.progress = progress
        machine = PlanMachine(
            itinerary: briefing.itinerary, carried: briefing.past?.carried ?? [:])
        tasks = Dictionary(uniqueKeysWithValues: briefing.itinerary.tasks.map { ($0.id, $0) })
    }

    mutating func run() async throws -> RunExecution.End {
        let wakes = context.control.wakes()
        return try await withThrowingTaskGroup(of: Report.self) { group in
            defer { group.cancelAll() }
            listen(wakes, in: &group)
            apply(machine.handle(.begun), in: &group)
            requestAbortIfAsked(in: &group)
            while conclusion == nil {
                if running == 0 {
                    if !parked.isEmpty, abortAsRecorded(in: &group) { continue }
                    return .parked(until: parked.values.compactMap { $0 }.min())
                }
                guard let report = try await group.next() else { break }
                hear(report, wakes, in: &group)
            }
            return end
        }
    }

    /// Whoever goes through an aborted run again has come to where it was aborted: what had not
    /// begun then never did, and its clean-up follows.
    private mutating func abortAsRecorded(
        in group: inout ThrowingTaskGroup<Report, any Error>
    ) -> Bool {
        guard context.rehearsal != nil, context.control.abort == nil,
            let abort = context.run.abort?.asAbort
        else { return false }
        let waiting = parked.keys.sorted()
        parked = [:]
        apply(machine.handle(.abortRequested(abort)), in: &group)
        for task in waiting {
            apply(machine.handle(.ended(task: task, .failed(abort))), in: &group)
        }
        return true
    }

    private var end: RunExecution.End {
        switch conclusion {
        case .completed?: .completed(.null)
        case .aborted(let failure)?: .aborted(failure)
        case nil: preconditionFailure("a plan's tasks ended without a conclusion")
        }
    }

    private func listen(
        _ wakes: AsyncStream<Void>, in group: inout ThrowingTaskGroup<Report, any Error>
    ) {
        group.addTask {
            for await _ in wakes { return .woken }
            throw CancellationError()
        }
    }

    /// Beside tasks that go on, a parked one is looked at again when its time has come.
    private func lookAgain(
        at instant: Timestamp, in group: inout ThrowingTaskGroup<Report, any Error>
    ) {
        let clock = context.services.clock
        group.addTask {
            try await clock.sleep(until: instant)
            return .due
        }
    }

    private mutating func hear(
        _ report: Report, _ wakes: AsyncStream<Void>,
        in group: inout ThrowingTaskGroup<Report, any Error>
    ) {
        switch report {
        case .ended(let task, let end):
            running -= 1
            apply(machine.handle(.ended(task: task, end)), in: &group)
        case .parked(let task, let until):
            running -= 1
            parked[task] = .some(until)
            if let until { lookAgain(at: until, in: &group) }
        case .due:
            let now = context.services.clock.now
            for (task, until) in parked.sorted(by: { $0.key < $1.key }) {
                guard let until, until <= now else { continue }
                parked[task] = nil
                begin(task, in: &group)
            }
        case .woken:
            listen(wakes, in: &group)
            beginParked(in: &group)
        }
        requestAbortIfAsked(in: &group)
    }

    private mutating func requestAbortIfAsked(
        in group: inout ThrowingTaskGroup<Report, any Error>
    ) {
        guard let abort = context.control.abort else { return }
        apply(machine.handle(.abortRequested(abort)), in: &group)
    }

    private mutating func apply(
        _ actions: [PlanMachine.Action], in group: inout ThrowingTaskGroup<Report, any Error>
    ) {
        for action in actions {
            switch action {
            case .begin(let task): begin(task, in: &group)
            case .conclude(let how): conclusion = how
            case .stop(let reason): stop(reason, in: &group)
            }
        }
    }

    /// What runs beside a failed task stops at its next primitive; what waits for a person stops
    /// now.
    private mutating func stop(
        _ reason: Failure, in group: inout ThrowingTaskGroup<Report, any Error>
    ) {
        let abort = Failure(
            .runAborted, "stopped, because the run is being aborted: \(reason.message)",
            cause: reason)
        context.control.requestAbort(reason.code == .runAborted ? reason : abort)
        beginParked(in: &group)
    }

    private mutating func beginParked(in group: inout ThrowingTaskGroup<Report, any Error>) {
        let waiting = parked.keys.sorted()
        parked = [:]
        for task in waiting { begin(task, in: &group) }
    }

    private mutating func begin(
        _ id: String, in group: inout ThrowingTaskGroup<Report, any Error>
    ) {
        guard let task = tasks[id] else { preconditionFailure("the itinerary has no task \(id)") }
        if context.control.isHalted {
            parked[id] = .some(nil)
            return
        }
        running += 1
        let execution = PlanTaskExecution(task: task, briefing: briefing, context: context)
        let progress = self.progress
        group.addTask {
            try await progress.begun(id)
            switch try await execution.execute() {
            case .parked(let until): return .parked(task: id, until: until)
            case .ended(let end):
                try await progress.ended(id, end)
                return .ended(task: id, end)
            }
        }
    }
}
