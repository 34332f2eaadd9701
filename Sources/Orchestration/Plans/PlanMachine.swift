// The order of a plan's run, as a machine without hands: events in, actions out.
//
//     stage 1 ──all tasks ended──▶ stage 2 ──▶ … ──▶ completed
//        │
//        │ a task failed (abort) · a person aborted
//        ▼
//     draining: nothing new begins, what runs comes to its end
//        │
//        ▼
//     stages that run always (the clean-up of a test) ──▶ aborted
//
// A failed task stops what comes after it: no later task of the stage and no later stage begins
// (P-3).
import Model

package struct PlanMachine: Sendable {
    package enum Event: Sendable {
        case begun
        case ended(task: String, TaskEnd)
        case abortRequested(Failure)
    }

    package enum TaskEnd: Sendable, Equatable {
        case done
        case skipped(String)
        /// Failed, and the step's policy or a person lets the run go on.
        case forgiven(Failure)
        case failed(Failure)
    }

    package enum Action: Sendable, Equatable {
        case begin(task: String)
        /// Running tasks stop at their next primitive; questions are withdrawn.
        case stop(Failure)
        case conclude(Conclusion)
    }

    package enum Conclusion: Sendable, Equatable {
        case completed
        case aborted(Failure)
    }

    package enum Status: Sendable, Equatable {
        case waiting, running
        case ended(TaskEnd)
    }

    private let stages: [Itinerary.Stage]
    private var stageIndex = 0
    /// Of the stage that is under way: how many run, what may begin, and for the others how much
    /// they still wait for. A look at all tasks at each end would cost their number squared.
    private var running = 0
    private var ready: [String] = []
    private var missing: [String: Int] = [:]
    private var users: [String: [String]] = [:]
    private var failure: Failure?
    private var isConcluded = false
    /// Failures of a stage that collects them, in the order of its tasks.
    private var collected: [Failure] = []
    package private(set) var status: [String: Status]

    /// `carried` are tasks that an earlier run has ended: they are not begun, and count as ended.
    package init(itinerary: Itinerary, carried: [String: TaskEnd] = [:]) {
        stages = itinerary.stages
        status = Dictionary(
            uniqueKeysWithValues: itinerary.tasks.map { task in
                (task.id, carried[task.id].map { .ended($0) } ?? .waiting)
            })
        enterStage()
    }

    /// What is to be done now. A machine that has concluded wants nothing more, whatever comes.
    package mutating func handle(_ event: Event) -> [Action] {
        guard !isConcluded else { return [] }
        switch event {
        case .begun: return advance()
        case .ended(let task, let end):
            precondition(status[task] == .running, "the task \(task) was not running")
            status[task] = .ended(end)
            running -= 1
            if counts(end, in: stages[stageIndex]) { free(users[task] ?? []) }
            return note(end) + advance()
        case .abortRequested(let reason):
            guard failure == nil else { return [] }
            failure = reason
            return [.stop(reason)] + advance()
        }
    }

    private mutating func note(_ end: TaskEnd) -> [Action] {
        guard case .failed(let cause) = end, failure == nil else { return [] }
        if stages[stageIndex].collectsFailures {
            collected.append(cause)
            return []
        }
        failure = cause
        return [.stop(cause)]
    }

    /// Begins what may begin; at a stage's end goes to the next.
    private mutating func advance() -> [Action] {
        while stageIndex < stages.count {
            let begun = isOpen(stages[stageIndex]) ? beginReady() : []
            if running > 0 { return begun }
            failure = failure ?? summary(of: collected)
            collected = []
            stageIndex += 1
            enterStage()
        }
        isConcluded = true
        return [.conclude(failure.map { .aborted($0) } ?? .completed)]
    }

    private func isOpen(_ stage: Itinerary.Stage) -> Bool { failure == nil || stage.runsAlways }

    private mutating func beginReady() -> [Action] {
        defer { ready = [] }
        for task in ready { status[task] = .running }
        running += ready.count
        return ready.map { .begin(task: $0) }
    }

    /// Counts what each task of the stage waits for.
    private mutating func enterStage() {
        (ready, missing, users) = ([], [:], [:])
        guard stageIndex < stages.count else { return }
        let stage = stages[stageIndex]
        for task in stage.tasks where status[task.id] == .waiting {
            let needs = task.needs.filter { !hasEnded($0, in: stage) }
            if needs.isEmpty { ready.append(task.id) }
            missing[task.id] = needs.count
            for need in needs { users[need, default: []].append(task.id) }
        }
    }

    /// One that these waited for has ended.
    private mutating func free(_ tasks: [String]) {
        for task in tasks {
            let left = (missing[task] ?? 0) - 1
            missing[task] = left
            if left == 0 { ready.append(task) }
        }
    }

    private func hasEnded(_ task: String, in stage: Itinerary.Stage) -> Bool {
        guard case .ended(let end) = status[task] else { return false }
        return counts(end, in: stage)
    }

    /// Whether those that waited for a task with that end may begin.
    private func counts(_ end: TaskEnd, in stage: Itinerary.Stage) -> Bool {
        if case .failed = end { return stage.collectsFailures || stage.runsAlways }
        return true
    }

    private func summary(of failures: [Failure]) -> Failure? {
        guard let first = failures.first else { return nil }
        let list = failures.map(\.message).joined(separator: "; ")
        return Failure(
            .preflightFailed, "preflight failed and nothing was touched: \(list)",
            context: ["faults": String(failures.count)], at: first.position, cause: first)
    }
}
