// Looks at every plan while an engine leads (P-11): at its start, when something has changed that
// readiness depends on, and at least every quarter of an hour. What is found is kept with the
// event in one transaction, and whoever listens is rung.
//
//     look at all plans ─▶ rest ─▶ sleep until somebody rings, a minute, a quarter of an hour
//            ▲                                      │
//            └─ a text, a health or the fabric differs, or a quarter of an hour is over
//
// A plan whose vms a run holds is left as it was found before: half way it is never ready.
import Fabric
import LuaRuntime
import Model
import Replication
import Store

package struct ReadinessWatch: Sendable {
    private let orchestrator: Orchestrator
    private let lease: LeaseToken?

    package init(_ orchestrator: Orchestrator, under lease: LeaseToken? = nil) {
        self.orchestrator = orchestrator
        self.lease = lease
    }

    private var services: Services { orchestrator.services }
    private var store: Store { services.store }
    private var clock: any WallClock { services.clock }

    /// Leads until its task is cancelled. Raises the engine's own trouble.
    package func run(_ notices: AsyncStream<Notice>) async throws {
        let bell = Bell()
        let hasChanged = Locked(true)
        let hearing = Task {
            for await notice in notices where Self.concerns(notice) {
                if notice.topic != .protectionChanged { hasChanged.withLock { $0 = true } }
                bell.ring()
            }
        }
        defer { hearing.cancel() }
        var (seen, due): (Sight?, Timestamp) = (nil, clock.now)
        while true {
            let (heard, begun) = (bell.count, clock.now)
            let isRung = hasChanged.withLock { changed in
                defer { changed = false }
                return changed
            }
            let now = try await sight()
            if isRung || now != seen || begun >= due {
                (seen, due) = (now, begun + Limits.readinessInterval)
                try await look()
            }
            let rest = max(Limits.readinessPause, (clock.now - begun) * Limits.readinessRest)
            try await clock.sleep(until: clock.now + rest)
            try await bell.wait(
                after: heard, until: min(due, clock.now + Limits.textsInterval), clock: clock)
        }
    }

    private static func concerns(_ notice: Notice) -> Bool {
        [
            .missed, .runChanged, .labChanged, .libraryChanged, .machinesChanged,
            .protectionChanged,
        ].contains(notice.topic)
    }

    /// What is compared to know whether something has changed that nobody rings for, or that is
    /// rung for at every cycle: the texts, and how every protection is.
    private struct Sight: Equatable {
        var texts: [String: Digest]
        var healths: [String: [String]]
    }

    private func sight() async throws -> Sight {
        let library = orchestrator.library
        let texts = library.names.compactMap { name in
            (try? library.file(name)).map { (name, Digest(of: $0.text)) }
        }
        let now = clock.now
        let healths = try await services.replication.summaries().map { summary in
            let health = ReplicationHealth(of: summary, now: now)
            return (summary.key, [summary.state.rawValue, health.rawValue])
        }
        return Sight(
            texts: Dictionary(uniqueKeysWithValues: texts),
            healths: Dictionary(uniqueKeysWithValues: healths))
    }

    /// Looks at every plan and keeps what is found.
    package func look() async throws {
        let check = ReadinessCheck(orchestrator.inspection())
        let known = Dictionary(
            uniqueKeysWithValues: try store.readiness().map { ($0.plan, $0) })
        let names = orchestrator.library.names
        for name in names {
            guard let found = try await check.look(at: name, knowing: known[name]) else {
                if known[name] != nil { try await forget(name) }
                continue
            }
            let (readiness, isNews) = found.after(known[name])
            try await keep(readiness, isNews: isNews)
        }
        for name in known.keys.sorted() where !names.contains(name) { try await forget(name) }
    }

    private func forget(_ name: String) async throws {
        try await store.commit([.readinessForgotten(name)], under: lease)
    }

    private func keep(_ readiness: PlanReadiness, isNews: Bool) async throws {
        let record: Value = [
            "plan": .text(readiness.plan),
            "findings": .list(readiness.findings.map { .text($0.text) }),
        ]
        let event = Event(
            topic: readiness.isReady ? "plan.ready" : "plan.not_ready", run: nil,
            record: record.canonicalJSON, at: readiness.checkedAt)
        try await store.commit(
            [.readinessKept(readiness)] + (isNews ? [.recorded(event)] : []), under: lease)
        if isNews { orchestrator.ring(Notice(.readinessChanged)) }
    }
}
