// What a forecast is made from: the vms as they stand, and how long the tasks took in earlier runs.
// Reading is here, judging is not; nothing is written.
import Fabric
import Glibc
import Model
import Replication
import Store

/// What is known of a vm before a run touches it.
package struct MachineFacts: Sendable, Hashable {
    /// It is where the run would bring it, already.
    package var isThere = false
    package var isRunning = false
    package var diskBytes = ByteCount(0)
    /// What its primary has written and not sent; nil where that was not looked at.
    package var pending: ByteCount?
    /// Bytes and time of its cycles, on average; nil before the first.
    package var sentOnAverage: ByteCount?
    package var cycle: Duration?
    /// Between two points.
    package var pace = Duration.zero
    /// Since the latest point; nil where there is none.
    package var sincePoint: Duration?

    package init() {}

    func isDone(_ act: Itinerary.MachineAct) -> Bool {
        isThere && (act == .shutDown || act == .failOver)
    }

    /// What a failover of that kind would lose; nil where nothing can be failed over. A shut down
    /// machine has sent all, and a test takes nothing away.
    func loss(by kind: FailoverKind) -> PlanForecast.Loss? {
        guard !isThere, let sincePoint else { return nil }
        guard kind == .unplanned else {
            return PlanForecast.Loss(time: .nothing, pending: pending)
        }
        // Until the failover points go on being made, or the primary is gone and none is.
        let delay = cycle ?? .zero
        let time = TimeBand(
            min(delay, sincePoint), sincePoint, max(pace + delay, sincePoint))
        return PlanForecast.Loss(time: time, pending: pending)
    }
}

/// How long tasks took, by their ids.
package struct TaskHistory: Sendable, Hashable {
    /// In runs of the same kind and direction.
    package var same: [String: [Duration]] = [:]
    /// In runs of the plan of another kind.
    package var others: [String: [Duration]] = [:]

    package init() {}
}

package struct PlanFacts: Sendable {
    package var machines: [String: MachineFacts]
    package var history: TaskHistory
    /// How many machines' work goes on at once without taking time from each other.
    package var lanes: Int

    package init(
        machines: [String: MachineFacts], history: TaskHistory = TaskHistory(), lanes: Int = 1
    ) {
        self.machines = machines
        self.history = history
        self.lanes = lanes
    }
}

/// Reads the facts.
struct PlanFactsReader: Sendable {
    let services: Services

    func facts(
        of briefing: PlanBriefing, named plan: String
    ) async throws -> PlanFacts {
        let protections = try await briefing.plan.vms.mappedAtOnce { [services] vm in
            try await services.replication.protection(of: vm)
        }.compactMap(\.self)
        let pending = try await services.replication.pending(
            of: protections.map { ProtectionSummary($0) })
        var machines: [String: MachineFacts] = [:]
        for member in briefing.members {
            machines[member["name"]?.text ?? "", default: MachineFacts()].take(member)
        }
        for (protection, pending) in zip(protections, pending) {
            machines[protection.vm, default: MachineFacts()].take(
                protection, pending, destination: briefing.destination, now: services.clock.now)
        }
        return PlanFacts(
            machines: machines, history: try history(of: briefing, plan),
            lanes: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// Tasks that are of another name now are other tasks.
    private func history(of briefing: PlanBriefing, _ plan: String) throws -> TaskHistory {
        let titles = Dictionary(
            uniqueKeysWithValues: briefing.itinerary.tasks.map { ($0.id, $0.title) })
        var history = TaskHistory()
        for kind in FailoverKind.allCases {
            let isSame = kind == briefing.kind
            let path = isSame ? \TaskHistory.same : \.others
            let limit = isSame ? Limits.forecastRuns : 1
            let runs = try services.store.endedRuns(
                of: plan, kind, isSame ? briefing.direction : nil, limit: limit)
            for run in runs {
                for task in PlanProgress.done(in: try services.store.planSpans(of: run)) {
                    guard titles[task.id] == task.title, let took = task.took else { continue }
                    history[keyPath: path][task.id, default: []].append(took)
                }
            }
        }
        return history
    }
}

extension MachineFacts {
    /// What the machine's view says.
    fileprivate mutating func take(_ view: Value) {
        isRunning = view["power"]?.text == "running"
        diskBytes = ByteCount(
            (view["disks"]?.list ?? []).reduce(0) { $0 + ($1["size"]?.integer ?? 0) })
    }

    fileprivate mutating func take(
        _ protection: Protection, _ pending: PendingBytes, destination: String, now: Timestamp
    ) {
        isThere = protection.production.site == destination
        self.pending = pending.bytes
        pace = protection.interval.pace
        sincePoint = protection.points.last.map { max(.zero, now - $0.cutAt) }
        let statistics = protection.statistics
        guard statistics.succeeded > 0 else { return }
        let count = Int64(statistics.succeeded)
        sentOnAverage = ByteCount(statistics.bytesSent / count)
        cycle = .microseconds(statistics.microsecondsSpent / count)
    }
}
