// Decides which run begins next, for all runs of a lab or for one and those it starts. One loop
// decides: it looks at the queue, makes those running whose turn has come, hands each to a task,
// and sleeps until somebody rings, a task ends, or the next run wants to go on by itself.
//
//     look ─▶ who is running and led by nobody · who is to end · whose turn it is
//      ▲         └────────────────────┬──────────────────────┘
//      │                       made running, one commit ─▶ a task each: one pass
//      └── a ring, the end of a pass, or a run's own time ◀──┘
//
// Must stay true: what decides stands in the store, so a ring is a hint and a new leader needs no
// list. A run that waits has no task, no timer and no place.
import Fabric
import LuaRuntime
import Model
import Store

struct Dispatcher: Sendable {
    private struct State {
        /// The runs that tasks of this leader execute.
        var active: [RunID: RunControl] = [:]
        /// Runs that met trouble of the engine; left for the next leader.
        var aside: Set<RunID> = []
        var trouble: (any Error)?
    }

    private let orchestrator: Orchestrator
    private let domain: RunDomain
    private let lease: LeaseToken?
    /// Whether to wait for answers and for time.
    private let stays: Bool
    /// Whether to leave a family whose first run is put aside.
    private let leavesSuspended: Bool
    private let bell = Bell()
    private let state = Locked(State())

    init(
        _ orchestrator: Orchestrator, of domain: RunDomain, under lease: LeaseToken?,
        stays: Bool = true, leavesSuspended: Bool = false
    ) {
        self.leavesSuspended = leavesSuspended
        self.orchestrator = orchestrator
        self.domain = domain
        self.lease = lease
        self.stays = stays
    }

    private var store: Store { orchestrator.services.store }
    private var clock: any WallClock { orchestrator.services.clock }

    /// Leads until all runs of a family have ended, or until cancelled.
    func run(_ notices: AsyncStream<Notice>) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            group.addTask {
                for await notice in notices { hear(notice) }
            }
            while true {
                let heard = bell.count
                let taken = try await takeUp()
                for id in taken {
                    group.addTask(executorPreference: LuaExecutor.shared) { await execute(id) }
                }
                if let trouble = state.withLock(\.trouble) { throw trouble }
                // Behind those that took their places others may have one.
                if !taken.isEmpty { continue }
                if try isDone() { return }
                let wakeAt = try stays ? store.nextWake(of: domain, after: clock.now) : nil
                try await bell.wait(after: heard, until: wakeAt, clock: clock)
            }
        }
    }

    /// Makes running whose turn it is; returns who is to be executed.
    private func takeUp() async throws -> [RunID] {
        let now = clock.now
        let slots = orchestrator.services.slots
        let (active, aside) = state.withLock { ($0.active, $0.aside) }
        let left = try store.running(of: domain)
        let ending = try store.runsToEnd(of: domain)
        let queue = try store.queue(of: domain, at: now, within: slots)
        let next = queue.beginning(within: slots).map(\.id).filter { !ending.contains($0) }
        let begun = try await begin((ending + next).filter { !aside.contains($0) }, at: now)
        let taken = (left + begun).filter { active[$0] == nil && !aside.contains($0) }
        state.withLock { state in for id in taken { state.active[id] = RunControl() } }
        return taken
    }

    private func begin(_ runs: [RunID], at now: Timestamp) async throws -> [RunID] {
        do {
            let changes = try runs.flatMap { id in
                orchestrator.beginning(try store.run(id), at: now)
            }
            try await store.commit(changes, under: lease)
            return runs
        } catch let failure as Failure
            where [.runSlotTaken, .runTransitionRefused].contains(failure.code)
        {
            // Somebody was quicker with one of them: look again.
            bell.ring()
            return []
        }
    }

    private func execute(_ id: RunID) async {
        guard let control = state.withLock({ $0.active[id] }) else { return }
        var trouble: (any Error)?
        do {
            let run = try await orchestrator.execute(id, under: lease, control: control)
            if run.state.isFinal { wakeParent(of: run) }
        } catch is CancellationError {
        } catch {
            trouble = error
        }
        state.withLock { state in
            state.active[id] = nil
            guard let trouble else { return }
            let isOwn = (trouble as? Failure).map { $0.code != .leaseLost } ?? false
            if domain == .all, isOwn {
                state.aside.insert(id)
            } else {
                state.trouble = state.trouble ?? trouble
            }
        }
        bell.ring()
    }

    /// One that is being executed beside the child looks again; one that waits is woken by the
    /// store.
    private func wakeParent(of run: RunRecord) {
        let first = try? run.continuation.map { try store.run($0.origin) } ?? run
        guard let parent = first?.parent?.place.run else { return }
        state.withLock(\.active)[parent]?.wake()
    }

    private func isDone() throws -> Bool {
        guard state.withLock(\.active.isEmpty) else { return false }
        switch domain {
        case .all: return false
        case .family(let run):
            let isAside = try leavesSuspended && store.run(run).state == .suspended
            return try isAside || !stays || store.isOver(domain)
        }
    }

    /// What somebody else did. The end of a pass of ours rings the bell by itself.
    private func hear(_ notice: Notice) {
        switch notice.topic {
        case .answered, .suspendWished, .resumeWished, .stopWished, .abortWished:
            if let run = notice.run { tell(run) }
        case .missed: for run in state.withLock(\.active).keys { tell(run) }
        case .runChanged where domain == .all: return
        case .runQueued, .runChanged: break
        default: return
        }
        bell.ring()
    }

    /// Tells a run that is being executed.
    private func tell(_ run: RunID) {
        guard let control = state.withLock(\.active)[run] else { return }
        if let record = try? store.run(run) { control.obey(record) }
        control.wake()
    }
}
