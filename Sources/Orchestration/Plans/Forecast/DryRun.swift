// A run that does not happen: what every step would change, how long it is expected to take,
// what would be lost, and what preflight would find. Reads only; nothing is written anywhere.
import Fabric
import LuaRuntime
import Model
import Replication
import Store

package struct DryRun: Sendable {
    package let name: String
    package let plan: RecoveryPlan
    package let kind: FailoverKind
    package let origin: String
    package let destination: String
    package let itinerary: Itinerary
    package let forecast: PlanForecast
    /// What each task would change, by its id.
    package let effects: [String: [String]]
    /// Why preflight would stop the run; nil when it would not.
    package let fault: Failure?
    package let at: Timestamp
}

extension Orchestrator {
    /// What a run of a plan would be, as things stand now. Raises what starting it would raise,
    /// and `usage.invalid` for a runbook.
    package func dryRun(_ request: RunRequest) async throws -> DryRun {
        let request = try await bound(request)
        guard case .plan(let plan) = try await starting.check(request).subject else {
            throw Failure(
                .usage,
                "'\(request.name)' is a runbook, whose steps are known as it runs; only a plan has "
                    + "a dry run")
        }
        let kind = request.kind ?? .planned
        let itinerary = try Itinerary(plan: plan, kind: kind, direction: request.direction)
        var machines: [VirtualMachine] = []
        for vm in plan.vms {
            machines.append(
                try await directory.memberMachine(named: .text(vm), scope: request.scope))
        }
        let briefing = PlanBriefing(
            plan: plan, itinerary: itinerary, kind: kind, direction: request.direction,
            members: machines.map { MachineView($0, protection: nil).value }, past: nil)
        // Preflight reads what the others read; beside them it is half the time.
        async let fault = preflight(briefing, request)
        let name = LuaModule.runbookName(of: request.name)
        let facts = try await PlanFactsReader(services: services).facts(of: briefing, named: name)
        let effects = try await effects(briefing, machines, request.reason)
        return DryRun(
            name: name, plan: plan, kind: kind, origin: briefing.origin,
            destination: briefing.destination, itinerary: itinerary,
            forecast: PlanForecast(of: itinerary, as: kind, from: facts),
            effects: Dictionary(
                uniqueKeysWithValues: itinerary.tasks.map { ($0.id, effects.effects(of: $0)) }),
            fault: try await fault, at: services.clock.now)
    }

    private func effects(
        _ briefing: PlanBriefing, _ machines: [VirtualMachine], _ reason: String?
    ) async throws -> StepEffects {
        let sites = try await services.fabric.sites()
        var standings: [String: MachineStanding] = [:]
        for machine in machines {
            standings[machine.id.name] = try await standing(machine, sites)
        }
        return StepEffects(
            briefing: briefing, standings: standings, sites: sites, reason: reason,
            free: try freeAddresses(sites))
    }

    /// The engine's own preflight, which looks and does no more.
    private func preflight(
        _ briefing: PlanBriefing, _ request: RunRequest
    ) async throws -> Failure? {
        let preflight = Preflight(
            services: services, sight: FabricSight(services.fabric),
            subject: briefing.plan.subject(
                briefing.kind, briefing.direction, reason: request.reason), texts: nil)
        do {
            _ = try await preflight.run()
            return nil
        } catch let failure as Failure where failure.code == .preflightFailed {
            return failure
        }
    }
}
