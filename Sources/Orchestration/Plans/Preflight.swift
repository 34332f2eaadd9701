// The engine's own preflight (P-4) and the readiness of a plan (P-11) are one list of checks: every
// vm of the plan is looked at, nothing is touched, and all that stands in the way is told at once.
import Fabric
import Model
import Replication

struct Preflight: Sendable {
    /// The failover that is asked about.
    struct Subject: Sendable {
        var vms: [String] = []
        var kind = FailoverKind.planned
        /// What is done with what was failed over; nil for a failover.
        var act: PlanAct?
        /// Who starts it, where rights are to be looked at.
        var by: String?
        var direction = Direction.forward
        var origin = ""
        var destination = ""
        var reverses = true
        var reason: String?
        var dependencies: [String: [String]] = [:]
        var overrides: [String: MachineOverrides] = [:]
        /// The most that may be lost.
        var rpo: Duration?
        var assets: [String] = []
        /// The plans that it runs, group by group.
        var plans: [[String]] = []
    }

    /// What was found, and what each vm would lose.
    struct Outcome: Sendable {
        var findings: [PlanFinding] = []
        var losses: [String: Value] = [:]
        /// The vms of the plans that it runs.
        var members: [String] = []

        mutating func found(_ topic: PlanFinding.Topic, _ texts: [String]) {
            findings += texts.map { PlanFinding(topic, $0) }
        }
    }

    let services: Services
    let sight: FabricSight
    let subject: Subject
    /// The texts that the plan is made of; nil where they are not asked about.
    let texts: PlanTexts?
    /// The plans that run this one, the outermost first.
    var lineage: [String] = []

    /// What each vm would lose, and what does not stop the run; raises `plan.preflight_failed` with
    /// every fault that does.
    func run() async throws -> Value {
        let outcome = try await look()
        let faults = outcome.findings.filter(\.stopsRun).map(\.text)
        guard faults.isEmpty else {
            throw Failure(
                .preflightFailed, faults.joined(separator: "; "),
                context: ["faults": String(faults.count)])
        }
        return [
            "loss": .object(outcome.losses),
            "warnings": .list(outcome.findings.map { .text($0.text) }),
        ]
    }

    /// Everything at once; of a target that does not answer nothing else can be said.
    func look() async throws -> Outcome {
        var outcome = Outcome()
        if subject.vms.isEmpty, subject.plans.allSatisfy(\.isEmpty) {
            // A run that does nothing must not look like one that has saved a site.
            outcome.found(.names, ["the plan has no vm: nothing is what its groups select"])
        }
        let sites = try await services.fabric.sites()
        for name in [subject.origin, subject.destination]
        where !sites.contains(where: { $0.name == name }) {
            outcome.found(
                .names, [Failure.unknown("site", name, among: sites.map(\.name)).message])
        }
        if outcome.findings.contains(where: { $0.topic == .names }) { return outcome }
        guard let machines = try await sight.machines(at: subject.destination) else {
            outcome.found(.sites, ["the site \(subject.destination) does not answer"])
            return outcome
        }
        if let act = subject.act {
            try await ActPreflight(preflight: self, act: act).look(&outcome)
        } else {
            try await look(at: sites, machines, &outcome)
        }
        if let texts {
            try await ChildPlanPreflight(preflight: self, texts: texts).look(&outcome)
        }
        return outcome
    }

    private func look(
        at sites: [Site], _ machines: FabricSight.SiteMachines, _ outcome: inout Outcome
    ) async throws {
        let isOriginThere = try await sight.machines(at: subject.origin) != nil
        if let fault = originFault(isThere: isOriginThere) { outcome.found(.sites, [fault]) }
        var members = MemberPreflight(
            preflight: self, machines: machines,
            networks: NetworkPreflight(
                services: services, sight: sight, sites: sites, isOriginThere: isOriginThere,
                kind: subject.kind),
            capacity: CapacityPreflight(
                site: sites.first { $0.name == subject.destination }, machines: machines))
        let standings = try await subject.vms.mappedAtOnce { [services] vm in
            try await MemberPreflight.Standing(of: vm, in: services)
        }
        for standing in standings { try await members.look(at: standing, &outcome) }
        outcome.found(.capacity, try members.networks.shortages() + members.capacity.shortages())
        outcome.found(.protection, members.dependencyFaults())
        if let texts { outcome.found(.scripts, await texts.faults()) }
        outcome.found(.assets, try AssetPreflight(services: services).faults(of: subject.assets))
    }

    private func originFault(isThere: Bool) -> String? {
        let origin = subject.origin
        return switch subject.kind {
        case .planned, .failback:
            isThere ? nil : "the site \(origin) does not answer, so nothing can be shut down there"
        case .unplanned:
            isThere && subject.reason == nil
                ? "the site \(origin) still answers: an unplanned failover needs a reason (--reason)"
                : nil
        case .test: nil
        }
    }
}
