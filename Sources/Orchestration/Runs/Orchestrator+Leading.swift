// Leading: executing runs. A pass executes a run once from the top and writes down how it ended;
// leading repeats passes until the run is over, sleeping between them without a thread or a timer a
// run.
import LuaRuntime
import Model
import Store

extension Orchestrator {
    /// Executes a run once: to its end, or until all that is left waits for somebody. Returns the
    /// run as it stands then. Raises only the engine's own trouble: the run stays as it was and
    /// goes on.
    @discardableResult
    package func pass(
        _ id: RunID, under lease: LeaseToken? = nil, control: RunControl = RunControl()
    ) async throws -> RunRecord {
        let run = try await begin(id, lease)
        if run.state != .running { return run }
        control.obey(run)
        while true {
            let context = RunContext(
                run: run, services: services, catalogue: catalogue,
                sources: try RunSources(
                    run: try services.store.run(id), store: services.store, library: library),
                control: control, lease: lease, ring: ring)
            let end = try await execute(context)
            if case .parked(let until?) = end, services.evictsAtCalls, until <= services.clock.now {
                continue
            }
            try await context.conclude(changes(for: end, of: run))
            ring(Notice(topic: "run-changed", run: id))
            return try services.store.run(id)
        }
    }

    private func execute(_ context: RunContext) async throws -> RunExecution.End {
        let grace = StopGrace(control: context.control, clock: services.clock)
        do {
            return try await grace.execute { try await RunExecution(context: context).execute() }
        } catch let failure as Failure where failure.code == .codeChanged {
            return .failed(failure)
        }
    }

    /// A run that was running when its engine died is simply executed again, unless it is to rest
    /// or to stop. One whose runbook has no place for another stays as it is, unless it is to end.
    private func begin(_ id: RunID, _ lease: LeaseToken?) async throws -> RunRecord {
        let run = try services.store.run(id)
        let event: RunEvent? =
            switch run.state {
            case .queued: .started
            case .waiting: .woken
            case .running: run.isHalted ? .parked : nil
            case .suspended, .completed, .failed, .aborted, .stopped: nil
            }
        guard let event else { return run }
        var changes: [Change] = [.runChanged(id, event, at: services.clock.now)]
        if let atOnce = run.limits.atOnce, run.abort == nil, event != .parked {
            changes.insert(.slotRequired(id, atOnce: atOnce), at: 0)
        }
        do {
            try await services.store.commit(changes, under: lease)
        } catch let failure as Failure where failure.code == .runSlotTaken {
            return run
        } catch let failure as Failure where failure.code == .runTransitionRefused {
            // Somebody wished it to rest or to stop since it was looked at.
            return try services.store.run(id)
        }
        if event == .parked { ring(Notice(topic: "run-changed", run: id)) }
        return try services.store.run(id)
    }

    private func changes(for end: RunExecution.End, of run: RunRecord) -> [Change] {
        let at = services.clock.now
        let closing: [Change] = [.questionsWithdrawn(run.id, at: at), .claimsReleased(run.id)]
        switch end {
        case .parked(let until): return [.runChanged(run.id, .parked, at: at, wakeAt: until)]
        case .completed(let value):
            let returned = Event(
                topic: "run.returned", run: run.id, record: value.canonicalJSON, at: at)
            return closing + [.recorded(returned), .runChanged(run.id, .completed, at: at)]
        case .failed(let failure):
            return closing + [.runChanged(run.id, .failed, at: at, failure: failure)]
        case .aborted(let failure):
            return closing + [.runChanged(run.id, .aborted, at: at, failure: failure)]
        }
    }

    /// Executes a run until it has ended. Between passes it waits for a ring or the run's own time.
    /// With `leavesSuspended` it returns when the run is put aside, too.
    package func lead(
        _ id: RunID, under lease: LeaseToken?, notices: AsyncStream<Notice>,
        leavesSuspended: Bool = false
    ) async throws -> RunRecord {
        let control = RunControl()
        let bell = Bell()
        return try await withThrowingTaskGroup(of: RunRecord?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await notice in notices where concerns(id, notice) {
                    try hear(id, control, bell)
                }
                return nil
            }
            group.addTask(executorPreference: LuaExecutor.shared) {
                try await passes(id, lease, control, bell, leavesSuspended)
            }
            while let finished = try await group.next() {
                if let finished { return finished }
            }
            return try services.store.run(id)
        }
    }

    /// Leads every run that has not ended, and each that is queued later, until cancelled. A run
    /// whose engine has trouble is left for the next leader; the others go on.
    package func leadAll(
        under lease: LeaseToken?, listen: @escaping @Sendable () throws -> AsyncStream<Notice>
    ) async throws {
        let notices = try listen()
        try await withThrowingDiscardingTaskGroup { group in
            let unfinished = try services.store.runs(in: RunState.unfinished, limit: .max)
            var led = Set(unfinished.map(\.id))
            for id in led {
                group.addTask { _ = try await lead(id, under: lease, notices: listen()) }
            }
            for await notice in notices where notice.topic == "queued" {
                guard let id = notice.run, led.insert(id).inserted else { continue }
                group.addTask { _ = try await lead(id, under: lease, notices: listen()) }
            }
        }
    }

    /// What somebody else did to the run. What its leader rings itself is news to those who watch
    /// only: heard here, each pass would call for the next. A run whose runbook is limited goes on
    /// when another gives its place up.
    private func concerns(_ id: RunID, _ notice: Notice) -> Bool {
        if notice == .missed { return true }
        switch notice.topic {
        case "answered": return notice.run == id
        case let topic where Self.wishTopics.contains(topic): return notice.run == id
        case "run-changed" where notice.run != id:
            return (try? services.store.run(id))?.limits.atOnce != nil
        default: return false
        }
    }

    private func hear(_ id: RunID, _ control: RunControl, _ bell: Bell) throws {
        control.obey(try services.store.run(id))
        control.wake()
        bell.ring()
    }

    private func passes(
        _ id: RunID, _ lease: LeaseToken?, _ control: RunControl, _ bell: Bell,
        _ leavesSuspended: Bool
    ) async throws -> RunRecord {
        while true {
            let heard = bell.count
            let run = try await pass(id, under: lease, control: control)
            if run.state.isFinal || leavesSuspended && run.state == .suspended { return run }
            try await bell.wait(after: heard, until: run.wakeAt, clock: services.clock)
        }
    }
}
