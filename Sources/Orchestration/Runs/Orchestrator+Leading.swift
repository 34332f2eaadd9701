// Leading: executing runs. A pass executes a run once from the top and writes down how it ended;
// the dispatcher repeats passes until the runs are over, without a thread or a timer a run.
import LuaRuntime
import Model
import Store

extension Orchestrator {
    /// Executes a run once: to its end, or until all that is left waits for somebody. Returns the
    /// run as it stands then; one for which there is no place stays as it is, unless it is to end.
    /// Raises only the engine's own trouble: the run stays as it was and goes on.
    @discardableResult
    package func pass(
        _ id: RunID, under lease: LeaseToken? = nil, control: RunControl = RunControl()
    ) async throws -> RunRecord {
        let run = try services.store.run(id)
        do {
            try await services.store.commit(
                beginning(run, at: services.clock.now), under: lease)
        } catch let failure as Failure
            where [.runSlotTaken, .runTransitionRefused].contains(failure.code)
        {
            // There is no place, or somebody wished it to rest or to stop since it was looked at.
            return try services.store.run(id)
        }
        return try await execute(id, under: lease, control: control)
    }

    /// What makes a run running, if there is a place for it.
    func beginning(_ run: RunRecord, at now: Timestamp) -> [Change] {
        let event: RunEvent? =
            switch run.state {
            case .queued: .started
            case .waiting: .woken
            case .running, .suspended, .completed, .failed, .aborted, .stopped: nil
            }
        guard let event else { return [] }
        let begins: [Change] = [.runChanged(run.id, event, at: now)]
        if run.abort != nil { return begins }
        return [.slotRequired(run.id, services.slots.with(atOnce: run.limits.atOnce))] + begins
    }

    /// Executes a run that is running. One that was running when its engine died is simply
    /// executed again, unless it is to rest or to stop.
    func execute(
        _ id: RunID, under lease: LeaseToken?, control: RunControl
    ) async throws -> RunRecord {
        var run = try services.store.run(id)
        if run.state != .running { return run }
        if run.isHalted {
            try await services.store.commit(
                [.runChanged(id, .parked, at: services.clock.now)], under: lease)
            ring(Notice(.runChanged, run: id))
            return try services.store.run(id)
        }
        control.obey(run)
        while true {
            let context = RunContext(
                run: run, services: services, catalogue: catalogue,
                sources: try RunSources(
                    run: run, store: services.store, library: library(of: id)),
                control: control, lease: lease, ring: ring, rehearsal: nil, version: version)
            let end = try await execute(context)
            if case .parked(let until?) = end, services.evictsAtCalls, until <= services.clock.now {
                run = try services.store.run(id)
                continue
            }
            try await context.conclude(changes(for: end, of: context))
            ring(Notice(.runChanged, run: id))
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

    private func changes(for end: RunExecution.End, of context: RunContext) throws -> [Change] {
        let run = context.run
        let at = services.clock.now
        let closing: [Change] = [
            .questionsWithdrawn(run.id, at: at), .claimsReleased(run.id),
            .childrenAborted(
                run.id,
                RunWishMade(
                    by: "run \(run.id)", reason: "run \(run.id), which waited for it, ended",
                    at: at)),
        ]
        switch end {
        case .parked(let until): return [.runChanged(run.id, .parked, at: at, wakeAt: until)]
        case .completed(let value):
            let returned = Event(
                topic: "run.returned", run: run.id, record: value.canonicalJSON, at: at)
            return closing + [.recorded(returned), .runChanged(run.id, .completed, at: at)]
        case .continued(let failure):
            var ended = run
            ended.sources = context.sources.modules.map { text in
                RunSource(module: text.pinnedName, digest: Digest(of: text.text))
            }
            let successor = try Continuation.successor(
                of: ended, after: failure, at: at, version: version)
            return closing + [successor, .runChanged(run.id, .completed, at: at)]
        case .failed(let failure):
            return closing + [.runChanged(run.id, .failed, at: at, failure: failure)]
        case .aborted(let failure):
            return closing + [.runChanged(run.id, .aborted, at: at, failure: failure)]
        }
    }

    /// Executes a run until it has ended, and all that it starts. With `leavesSuspended` it returns
    /// when the run is put aside, too. Raises the engine's own trouble.
    package func lead(
        _ id: RunID, under lease: LeaseToken?, notices: AsyncStream<Notice>,
        leavesSuspended: Bool = false
    ) async throws -> RunRecord {
        try await Dispatcher(
            self, of: .family(id), under: lease, leavesSuspended: leavesSuspended
        ).run(notices)
        return try services.store.run(id)
    }

    /// Leads every run that has not ended, and each that is queued later, until cancelled. A run
    /// whose engine has trouble is left for the next leader; the others go on.
    package func leadAll(
        under lease: LeaseToken?, listen: @escaping @Sendable () throws -> AsyncStream<Notice>
    ) async throws {
        try await Dispatcher(self, of: .all, under: lease).run(try listen())
    }

    /// Executes a run and all that it starts as far as they come without anybody's answer and
    /// without time passing.
    package func settle(_ id: RunID, under lease: LeaseToken?) async throws -> RunRecord {
        try await Dispatcher(self, of: .family(id), under: lease, stays: false)
            .run(AsyncStream { $0.finish() })
        return try services.store.run(id)
    }
}
