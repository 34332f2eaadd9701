// Starts the runs of triggers while an engine leads. The mark of what was seen and the run it
// starts are written in one transaction, and a mark that is not what it was is refused: each cause
// starts one run, whoever leads, however often he looks, and wherever he dies. Nobody polls.
//
//     look at everything ─▶ sleep until somebody rings, or time alone changes a health
//           ▲                                │
//           └── look at what it may concern ◀┘
import Fabric
import Model
import Replication
import Store

package struct TriggerWatch: Sendable {
    private let orchestrator: Orchestrator
    private let lease: LeaseToken?

    package init(_ orchestrator: Orchestrator, under lease: LeaseToken? = nil) {
        self.orchestrator = orchestrator
        self.lease = lease
    }

    private var store: Store { orchestrator.services.store }
    private var clock: any WallClock { orchestrator.services.clock }

    /// Leads until its task is cancelled. Raises the engine's own trouble.
    package func run(_ notices: AsyncStream<Notice>) async throws {
        let bell = Bell()
        let concerned = Locked(Set(RunTrigger.Cause.allCases))
        let hearing = Task {
            for await notice in notices {
                let causes = Self.causes(of: notice)
                guard !causes.isEmpty else { continue }
                concerned.withLock { $0.formUnion(causes) }
                bell.ring()
            }
        }
        defer { hearing.cancel() }
        while true {
            let heard = bell.count
            let causes = concerned.withLock { concerned in
                defer { concerned = [.healthChanged] }
                return concerned
            }
            let next = try await look(at: causes)
            try await bell.wait(after: heard, until: next, clock: clock)
            try await clock.sleep(until: clock.now + Limits.triggerPause)
        }
    }

    /// What a notice may be news of.
    private static func causes(of notice: Notice) -> Set<RunTrigger.Cause> {
        switch notice.topic {
        case .missed, .triggersChanged, .labChanged, .runChanged: Set(RunTrigger.Cause.allCases)
        case .machinesChanged: [.vmAppeared]
        case .protectionChanged: [.healthChanged]
        case .readinessChanged: [.readinessChanged]
        default: []
        }
    }

    /// Fires for everything that has happened; returns when time alone may change what a trigger
    /// watches, nil for never.
    package func look(
        at causes: Set<RunTrigger.Cause> = Set(RunTrigger.Cause.allCases)
    ) async throws -> Timestamp? {
        let triggers = try store.triggers().filter { !$0.isPaused }
        for trigger in triggers where causes.contains(trigger.cause) {
            while try await look(for: trigger) {}
        }
        guard triggers.contains(where: { $0.cause == .healthChanged }) else { return nil }
        let now = clock.now
        return try await orchestrator.services.replication.summaries()
            .compactMap { ReplicationHealth.nextChange(of: $0, after: now) }.min()
    }

    /// Returns whether there may be more to see.
    private func look(for trigger: RunTrigger) async throws -> Bool {
        let sight = TriggerSight(services: orchestrator.services)
        let marks = try store.marks(of: trigger.name)
        let subjects = try await sight.subjects(of: trigger, knowing: marks)
        if trigger.cause == .runEnded { return try await follow(subjects, trigger, marks) }
        let turns = subjects.map { ($0, trigger.turn(of: $0, after: marks[$0.name])) }
            .filter { $0.1 != .nothing }
        // A health that changes while the run goes on which was started for it is that run's doing.
        let busy =
            trigger.cause == .healthChanged && !turns.isEmpty
            ? try store.busySubjects(of: trigger.name) : []
        for (subject, turn) in turns {
            let isOwn = busy.contains(subject.name)
            try await take(isOwn ? .marked : turn, subject, trigger, marks[subject.name])
        }
        return false
    }

    /// Ended runs in their order: those that fire nothing are passed over together.
    private func follow(
        _ runs: [TriggerSubject], _ trigger: RunTrigger, _ marks: [String: String]
    ) async throws -> Bool {
        var former = marks[TriggerSight.runs]
        for run in runs {
            let turn = trigger.turn(of: run, after: former)
            guard turn == .fired || run == runs.last else { continue }
            guard try await take(turn, run, trigger, former) else { return false }
            former = run.mark
        }
        return runs.count == Limits.triggerRunsMax
    }

    /// Returns whether the turn was taken here: another may have been quicker.
    @discardableResult
    private func take(
        _ turn: TriggerTurn, _ subject: TriggerSubject, _ trigger: RunTrigger, _ former: String?
    ) async throws -> Bool {
        do {
            switch turn {
            case .nothing: return false
            case .fired:
                try await orchestrator.fire(trigger, for: subject, after: former, under: lease)
            case .marked:
                let mark = TriggerMark(
                    trigger: trigger.name, subject: subject.name, former: former,
                    mark: subject.mark)
                try await store.commit([.triggerMarked(mark)], under: lease)
            }
            return true
        } catch let failure as Failure
            where failure.code == .firedAlready || failure.code == .triggerPaused
        {
            return false
        }
    }
}
