// Executes one task of the itinerary: its attempts, its pauses, and what a failure means.
import Model
import Store

struct PlanTaskExecution: Sendable {
    enum End: Sendable {
        case ended(PlanMachine.TaskEnd)
        case parked(until: Timestamp?)
    }

    /// What one attempt came to.
    enum Attempt {
        case done
        case skipped(String)
        case failed(Failure)
        case parked(until: Timestamp?)
    }

    let task: Itinerary.Task
    let briefing: PlanBriefing
    let context: RunContext

    func execute() async throws -> End {
        var number = 1
        while true {
            var journal = try BranchJournal(
                context: context, branch: branch(ofAttempt: number), hearsAbort: !task.isCleanUp)
            switch try await attempt(number, &journal) {
            case .done: return .ended(.done)
            case .skipped(let reason): return .ended(.skipped(reason))
            case .parked(let until): return .parked(until: until)
            case .failed(let failure):
                if let end = try await settle(failure, attempt: number, &journal) { return end }
                number += 1
            }
        }
    }

    /// Attempts after the first have journals of their own: `groups/portal/after/1#2`.
    private func branch(ofAttempt number: Int) -> Branch {
        Branch(number == 1 ? task.id : "\(task.id)#\(number)")
    }

    /// nil means: try again.
    private func settle(
        _ failure: Failure, attempt number: Int, _ journal: inout BranchJournal
    ) async throws -> End? {
        let isFinal = [.runAborted, .questionRefused, .questionExpired].contains(failure.code)
        if isFinal { return .ended(.failed(named(failure))) }
        journal.limit = nil
        if number <= task.policy.retries {
            return try await pause(&journal)
        }
        switch task.policy.onError {
        case .abort: return .ended(.failed(named(failure)))
        case .continue: return .ended(.forgiven(named(failure)))
        case .ask: return try await askWhatNow(failure, &journal)
        }
    }

    private func pause(_ journal: inout BranchJournal) async throws -> End? {
        switch try await journal.call("job.sleep", .text(task.policy.retryAfter.text)) {
        case .value: return nil
        case .failure(let failure): return .ended(.failed(named(failure)))
        case .parked(let until): return .parked(until: until)
        }
    }

    private func askWhatNow(
        _ failure: Failure, _ journal: inout BranchJournal
    ) async throws -> End? {
        let title = "'\(task.title)' failed: \(failure.message). What now?"
        let choices: Value = ["choices": ["retry", "continue", "abort"]]
        switch try await journal.call("job.ask", .text(title), choices) {
        case .value("\"retry\""): return nil
        case .value("\"continue\""): return .ended(.forgiven(named(failure)))
        case .value: return .ended(.failed(named(failure)))
        case .failure(let refusal): return .ended(.failed(named(refusal)))
        case .parked(let until): return .parked(until: until)
        }
    }

    /// The failure as the plan's: which task, and the cause behind it.
    private func named(_ failure: Failure) -> Failure {
        if [.runAborted, .preflightFailed].contains(failure.code) { return failure }
        return Failure(
            .stepFailed, "'\(task.title)' failed: \(failure.message)",
            context: ["task": task.id], at: failure.position ?? task.position, cause: failure)
    }

    private func attempt(
        _ number: Int, _ journal: inout BranchJournal
    ) async throws -> Attempt {
        if let absence = try await absence(&journal) { return absence }
        switch task.work {
        case .check: return try await check(&journal)
        case .manual(let manual): return try await ask(manual, &journal)
        case .machine(let act, let vm): return try await operate(act, vm, attempt: number, &journal)
        case .plan(let name): return try await runPlan(name, &journal)
        case .script(let path, let manual):
            let scripted = try await script(path, &journal)
            guard case .done = scripted, let manual else { return scripted }
            journal.limit = nil
            return try await ask(manual, &journal)
        }
    }

    /// What a step of the primary's side comes to when that site is lost: nobody is there to do it
    /// for. A planned failover has no such step, its preflight demands both sites.
    private func absence(_ journal: inout BranchJournal) async throws -> Attempt? {
        guard task.side == .primary, briefing.kind == .unplanned else { return nil }
        let site = briefing.site(of: .primary)
        switch try await journal.call("fabric.answers", .text(site)) {
        case .value("true"): return nil
        case .value: return .skipped("the site \(site) does not answer")
        case let other: return attempt(of: other)
        }
    }

    private func script(_ path: CardPath, _ journal: inout BranchJournal) async throws -> Attempt {
        let execution = try ScriptExecution(context: context)
        let phase: Primitive.Phase = task.id.hasPrefix("preflight/") ? .preflight : .run
        journal.limit = (journal.begunAt ?? context.services.clock.now) + task.policy.timeLimit
        let given = briefing.stepContext(of: task, context.run)
        switch try await execution.call(path, with: given, &journal, in: phase) {
        case .finished: return .done
        case .failed(let failure): return .failed(failure)
        case .parked(let until): return .parked(until: until)
        }
    }

    private func ask(
        _ manual: ManualTask, _ journal: inout BranchJournal
    ) async throws -> Attempt {
        attempt(of: try await journal.call("job.ask", .text(manual.title), manual.options))
    }

    /// Another plan with the same kind and direction, as a run of its own.
    private func runPlan(
        _ name: String, _ journal: inout BranchJournal
    ) async throws -> Attempt {
        var options = briefing.act?.value.object ?? ["kind": .text(briefing.kind.rawValue)]
        options["direction"] = .text(briefing.direction.rawValue)
        return attempt(of: try await journal.call("job.run", .text(name), [:], .object(options)))
    }

    private func check(_ journal: inout BranchJournal) async throws -> Attempt {
        let subject = briefing.plan.subject(
            briefing.kind, briefing.direction, act: briefing.act, reason: context.run.reason)
        let names = Value.list(subject.vms.map { .text($0) })
        return attempt(of: try await journal.call("plan.preflight", names, subject.options))
    }

    func attempt(of outcome: BranchJournal.Outcome) -> Attempt {
        switch outcome {
        case .value: .done
        case .failure(let failure): .failed(failure)
        case .parked(let until): .parked(until: until)
        }
    }
}
