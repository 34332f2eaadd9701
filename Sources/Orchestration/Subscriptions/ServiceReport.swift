// What a subscription has got for its add-on (S-5): for each machine how it stands, what may be
// lost and what could have been, the last drill and the last failover with the time each took.
import Fabric
import Model
import Replication

package struct ServiceReport: Sendable {
    package struct Line: Sendable {
        package let vm: String
        /// Where it is production now.
        package let site: String
        /// nil when nothing protects it.
        package let protection: Protection?
        package let health: ReplicationHealth?
        /// Whether its template asks for protection.
        package let isAsking: Bool
    }

    package let subscription: Subscription
    package let lines: [Line]
    package let at: Timestamp

    /// Its machines in the order of their names; of a lost site, those whose replica answers.
    package init(_ subscription: Subscription, services: Services) async throws {
        self.subscription = subscription
        at = services.clock.now
        var lines: [Line] = []
        let machines = try await MachineDirectory(services: services)
            .views(scope: subscription.name)
        for machine in machines.map(\.machine) {
            let protection = try await services.replication.protection(of: machine.id.name)
            let health = protection.map { protection in
                ReplicationHealth(of: protection, now: services.clock.now)
            }
            lines.append(
                Line(
                    vm: machine.id.name, site: machine.id.site, protection: protection,
                    health: health, isAsking: machine.recovery != nil))
        }
        self.lines = lines
    }

    /// Machines that the add-on covers, or whose template asks, and that nothing protects yet.
    package var uncovered: [String] {
        lines.filter { $0.protection == nil && (subscription.addOn != nil || $0.isAsking) }
            .map(\.vm)
    }

    package var view: Value {
        [
            "subscription": subscription.view, "at": .text(at.description),
            "machines": .list(lines.map { $0.view(at: at) }),
            "uncovered": .list(uncovered.map { .text($0) }), "total": total,
        ]
    }

    private var total: Value {
        [
            "last_drill": lastDrill.map { .text($0.begunAt.description) } ?? .null,
            "rpo_kept_percent": keptPercent.map { .integer(Int64($0)) } ?? .null,
            "rto_seconds": [
                "drill": longestDrill.map { .float($0.seconds) } ?? .null,
                "failover": longestFailover.map { .float($0.seconds) } ?? .null,
            ],
        ]
    }
}

// MARK: All machines together

extension ServiceReport {
    private var services: [ServiceRecord] { lines.compactMap(\.protection?.service) }

    /// The newest of any machine.
    package var lastDrill: ServiceRecord.Exercise? {
        services.compactMap(\.lastDrill).max { $0.begunAt < $1.begunAt }
    }

    /// Of each machine's last one, the one that took longest: what a tenant has to reckon with.
    package var longestDrill: Duration? { services.compactMap(\.lastDrill?.spent).max() }
    package var longestFailover: Duration? { services.compactMap(\.lastFailover?.spent).max() }

    /// Of all points that came, those that came in time, in hundredths; nil before there are any.
    package var keptPercent: Int? {
        let kept = services.reduce(0) { $0 + $1.kept }
        let all = services.reduce(kept) { $0 + $1.exceeded }
        return all == 0 ? nil : kept * 100 / all
    }
}

extension ServiceReport.Line {
    /// What an unplanned failover would lose now; nil before the first point.
    package func loss(at now: Timestamp) -> Duration? {
        protection?.points.last.map { now - $0.cutAt }
    }

    /// Of the points that came, those that came in time, in hundredths; nil before the second.
    package var keptPercent: Int? {
        guard let service = protection?.service else { return nil }
        let all = service.kept + service.exceeded
        // Rounded down: a hundred is said of a promise that was never broken.
        return all == 0 ? nil : service.kept * 100 / all
    }

    fileprivate func view(at now: Timestamp) -> Value {
        guard let protection else {
            return ["vm": .text(vm), "site": .text(site), "protected": false]
        }
        var fields: [String: Value] = [
            "vm": .text(vm), "site": .text(site), "protected": true,
            "state": .text(protection.state.rawValue),
            "rpo": .text(protection.rpo.text),
            "rpo_kept": .integer(Int64(protection.service.kept)),
            "rpo_exceeded": .integer(Int64(protection.service.exceeded)),
            "worst_loss_seconds": .float(Double(protection.service.worstMicroseconds) / 1_000_000),
        ]
        fields["health"] = health.map { .text($0.rawValue) }
        fields["loss_seconds"] = loss(at: now).map { .float($0.seconds) }
        fields["last_drill"] = protection.service.lastDrill?.view
        fields["last_failover"] = protection.service.lastFailover?.view
        return .object(fields)
    }
}

extension ServiceRecord.Exercise {
    fileprivate var view: Value {
        [
            "kind": .text(kind.rawValue), "at": .text(begunAt.description),
            "rto_seconds": .float(spent.seconds), "cut_at": .text(cutAt.description),
        ]
    }
}
