// Who begins next. A run stands in the queue from the instant at which it wants to run: when it was
// started, when its time came, when its answer came. Its turn is that instant less its priority's
// head start, and the earliest turn goes first.
//
//     turn = wants to run since − head start        high 1 h · normal 10 min · low 0
//
// So nobody starves: a low run is passed only by those that come within an hour after it, however
// many come later and however high. A run that has no place because its runbook or its tenant has
// as many as may run is passed over, and loses nothing of its turn.

package enum RunPriority: String, Sendable, Hashable, Codable, CaseIterable {
    case low, normal, high

    /// By how much a run of this priority goes before one of low that came at the same time.
    package var headStart: Duration {
        switch self {
        case .low: .zero
        case .normal: .seconds(600)
        case .high: .seconds(3600)
        }
    }
}

/// How many runs may be running at once; nil: any number. Runs that wait do not count.
package struct RunSlots: Sendable, Hashable {
    /// Of the run's own name, as its card says.
    package var atOnce: Int?
    /// Of one tenant: of runs with the same scope.
    package var inScope: Int?
    package var inAll: Int?

    package init(atOnce: Int? = nil, inScope: Int? = nil, inAll: Int? = nil) {
        self.atOnce = atOnce
        self.inScope = inScope
        self.inAll = inAll
    }

    /// The house's own: all there may be at once, and what one tenant may have of it.
    package static let house = RunSlots(
        inScope: Limits.runsAtOncePerScope, inAll: Limits.runsAtOnce)

    /// The same, with what a card says of its own runbook.
    package func with(atOnce: Int?) -> RunSlots {
        RunSlots(atOnce: atOnce, inScope: inScope, inAll: inAll)
    }
}

/// A run that is running, or wants to.
package struct RunInQueue: Sendable, Hashable {
    package var id: RunID
    package var name: String
    package var scope: String?
    package var atOnce: Int?
    /// The instant its turn is counted by.
    package var turn: Timestamp

    package init(id: RunID, name: String, scope: String?, atOnce: Int?, turn: Timestamp) {
        self.id = id
        self.name = name
        self.scope = scope
        self.atOnce = atOnce
        self.turn = turn
    }
}

/// The queue as it stands at one instant.
package struct RunQueue: Sendable {
    /// Those that want to run.
    package var waiting: [RunInQueue]
    package var running: [RunInQueue]

    package init(waiting: [RunInQueue], running: [RunInQueue]) {
        self.waiting = waiting
        self.running = running
    }

    /// Who begins now, in this order.
    package func beginning(within slots: RunSlots) -> [RunInQueue] {
        var begun: [RunInQueue] = []
        var names: [String: Int] = [:]
        var scopes: [String: Int] = [:]
        func count(_ run: RunInQueue) {
            names[run.name, default: 0] += 1
            if let scope = run.scope { scopes[scope, default: 0] += 1 }
        }
        running.forEach(count)
        let room = slots.inAll.map { max(0, $0 - running.count) } ?? .max
        for run in waiting.sorted(by: { ($0.turn, $0.id) < ($1.turn, $1.id) }) {
            guard begun.count < room else { break }
            let isFull = names[run.name, default: 0] >= run.atOnce ?? .max
            let tenants = run.scope.map { scopes[$0, default: 0] } ?? 0
            guard !isFull, tenants < slots.inScope ?? .max else { continue }
            begun.append(run)
            count(run)
        }
        return begun
    }
}
