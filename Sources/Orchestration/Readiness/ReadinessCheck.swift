// One look at one plan: could it be run now (P-11). It asks preflight as a run would, for the
// failover that somebody would ask for as things stand, and touches nothing. Plans that are looked
// at together share what is read of the fabric.
import Fabric
import LuaRuntime
import Model
import Replication
import Store

struct ReadinessCheck: Sendable {
    let inspection: CardInspection
    let sight: FabricSight

    private var services: Services { inspection.services }

    init(_ inspection: CardInspection) {
        self.inspection = inspection
        sight = FabricSight(inspection.services.fabric)
    }

    /// What the library holds under that name; nil for a runbook. Of a plan that a run works on
    /// `former` stands; so does a plan whose text cannot be loaded any more, with that finding.
    func look(at name: String, knowing former: PlanReadiness?) async throws -> PlanReadiness? {
        do {
            let file = try inspection.library.file(name)
            guard case .plan(let plan) = try await inspection.read(file) else { return nil }
            let held = Set(try services.store.claims().map(\.vm))
            if let former, !held.isEmpty,
                try await members(of: plan).contains(where: held.contains)
            {
                return former
            }
            return try await look(at: plan, file)
        } catch let failure as Failure where failure.isOutcome {
            guard former != nil else { return nil }
            return PlanReadiness(
                plan: name, kind: .planned,
                findings: [PlanFinding(.scripts, failure.description)], rehearsal: nil,
                checkedAt: services.clock.now)
        }
    }

    private func look(at plan: RecoveryPlan, _ file: LuaModule) async throws -> PlanReadiness {
        let subject = try await subject(of: plan)
        let texts = PlanTexts(file, inspection)
        let preflight = Preflight(
            services: services, sight: sight, subject: subject, texts: texts)
        let rehearsals = RehearsalCheck(services: services, sight: sight)
        let fingerprint = try await rehearsals.fingerprint(of: plan, texts)
        return PlanReadiness(
            plan: file.runbookName, kind: subject.kind,
            findings: try await preflight.look().findings,
            rehearsal: try rehearsals.rehearsal(of: file.runbookName, now: fingerprint),
            checkedAt: services.clock.now)
    }

    /// Home again once all of it is away; without the source when that does not answer.
    private func subject(of plan: RecoveryPlan) async throws -> Preflight.Subject {
        let vms = try await members(of: plan)
        var isAway = !vms.isEmpty
        for vm in vms where isAway {
            isAway =
                try await services.replication.protection(of: vm)?.production.site
                == plan.target
        }
        let direction: Direction = isAway ? .back : .forward
        let origin = isAway ? plan.target : plan.source
        let isThere = try await answers(origin)
        let kind: FailoverKind = isThere ? (isAway ? .failback : .planned) : .unplanned
        return plan.subject(kind, direction, reason: "a look")
    }

    /// Its own vms and those of the plans it runs, as far as these can be loaded.
    private func members(of plan: RecoveryPlan, depth: Int = 0) async throws -> [String] {
        var vms = plan.vms
        for name in plan.plans.joined() where depth < Limits.childDepthMax {
            guard let (child, _) = try? await inspection.plan(name) else { continue }
            vms += try await members(of: child, depth: depth + 1)
        }
        return vms
    }

    /// A site that is not there at all is preflight's finding.
    private func answers(_ site: String) async throws -> Bool {
        do {
            return try await sight.machines(at: site) != nil
        } catch let failure as Failure where failure.code == .unknownName {
            return true
        }
    }
}
