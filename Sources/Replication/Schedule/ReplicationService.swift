// Leads the cycles of all protections while the program serves: begins what the schedule says,
// tells it what came of it, sleeps until the next instant. Ends when its task is cancelled:
// transfers stop between two blocks, and all that was begun has come to its end when `run` returns.
import Model

/// What came of something the service began.
package struct CycleReport: Sendable {
    package let key: String
    package let work: CycleSchedule.Work
    package let result: Result<RecoveryPoint, Failure>
}

package final class ReplicationService: Sendable {
    private enum Event: Sendable {
        case changed(ProtectionChange)
        case ended(CycleReport)
        case woke
        case stop
    }

    private let engine: ReplicationEngine
    private let transfersMax: Int
    private let report: @Sendable (CycleReport) -> Void
    private let events: AsyncStream<Event>
    private let sink: AsyncStream<Event>.Continuation

    /// A service runs once. `report` hears of every ending; the record has it already.
    package init(
        _ engine: ReplicationEngine, transfersMax: Int = Limits.transfersMax,
        report: @escaping @Sendable (CycleReport) -> Void = { _ in }
    ) {
        self.engine = engine
        self.transfersMax = transfersMax
        self.report = report
        (events, sink) = AsyncStream.makeStream()
    }

    /// Returns when its task was cancelled and everything has ended. Raises what the ledger raises
    /// when the protections cannot be read.
    package func run() async throws {
        let number = engine.watchers.add { [sink] in sink.yield(.changed($0)) }
        defer { engine.watchers.remove(number) }
        let protections = try await engine.summaries()
        // A task of its own: an iteration ends when its task is cancelled, and what was begun would
        // have no one to wait for it.
        let leading = Task { await lead(protections) }
        await withTaskCancellationHandler {
            await leading.value
        } onCancel: {
            sink.yield(.stop)
        }
    }

    private func lead(_ protections: [ProtectionSummary]) async {
        var schedule = CycleSchedule(transfersMax: transfersMax)
        for protection in protections { schedule.adopt(protection, at: engine.clock.now) }
        var underWay: Set<String> = []
        var isStopping = false
        var alarm: Task<Void, Never>?
        sink.yield(.woke)
        for await event in events {
            switch event {
            case .changed(.saved(let protection)):
                schedule.adopt(protection, at: engine.clock.now)
            case .changed(.removed(let key)): schedule.forget(key)
            case .ended(let ending):
                underWay.remove(ending.key)
                engine.transfers.allow(ending.key)
                schedule.ended(ending.key, succeeded: ending.isGood, at: engine.clock.now)
                report(ending)
            case .woke: break
            case .stop:
                isStopping = true
                for key in underWay { engine.transfers.forestall(key) }
            }
            alarm?.cancel()
            if isStopping {
                if underWay.isEmpty { return }
                continue
            }
            let tick = schedule.tick(at: engine.clock.now)
            for due in tick.due { underWay.insert(due.key) }
            begin(tick)
            alarm = tick.next.map(wake)
        }
    }

    private func wake(at deadline: Timestamp) -> Task<Void, Never> {
        Task { [clock = engine.clock, sink] in
            guard (try? await clock.sleep(until: deadline)) != nil else { return }
            sink.yield(.woke)
        }
    }

    private func begin(_ tick: CycleSchedule.Tick) {
        for (key, count) in tick.missed {
            Task { [engine] in try? await engine.miss(count, of: key) }
        }
        for due in tick.due {
            Task { [engine, sink] in
                let result = await engine.perform(due)
                sink.yield(.ended(CycleReport(key: due.key, work: due.work, result: result)))
            }
        }
    }
}

extension CycleReport {
    fileprivate var isGood: Bool {
        if case .success = result { true } else { false }
    }
}

extension ReplicationEngine {
    /// Begins what is due; the record has the ending already.
    func perform(
        _ due: CycleSchedule.Due
    ) async -> Result<RecoveryPoint, Failure> {
        do {
            if due.missed > 0 { try await miss(due.missed, of: due.key) }
            switch due.work {
            case .firstCopy: return .success(try await firstCopyOnce(due.key))
            case .cycle: return .success(try await sync(due.key))
            }
        } catch {
            return .failure(Failure(error, as: .fileSystem))
        }
    }

    /// A copy that a person began meanwhile is as good.
    private func firstCopyOnce(_ key: String) async throws -> RecoveryPoint {
        do {
            return try await firstCopy(key)
        } catch let failure as Failure where failure.code == .transitionRefused {
            let protection = try await required(key)
            guard protection.state == .replicating else { throw failure }
            return try protection.latestPoint()
        }
    }

    /// Notes cycles that came due and did not begin.
    fileprivate func miss(_ count: Int, of key: String) async throws {
        try await taking(key) {
            guard var protection = try await ledger.protection(of: key) else { return }
            protection.statistics.miss(count, now: clock.now)
            try await ledger.save(protection)
        }
    }
}
