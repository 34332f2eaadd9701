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
        let checked = try await starting.check(request)
        guard case .plan(let plan) = checked.subject else {
            throw Failure(
                .usage,
                "'\(request.name)' is a runbook, whose steps are known as it runs; only a plan has "
                    + "a dry run")
        }
        let kind = request.kind ?? .planned
        let machines = try await plan.vms.mappedAtOnce { [directory] vm in
            try await directory.memberMachine(named: .text(vm), scope: request.scope)
        }
        let briefing = try await briefing(of: plan, kind, request.direction, machines)
        let itinerary = briefing.itinerary
        // Preflight reads what the others read; beside them it is half the time.
        async let fault = preflight(briefing, request, checked.file)
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

    private func briefing(
        of plan: RecoveryPlan, _ kind: FailoverKind, _ direction: Direction,
        _ machines: [VirtualMachine]
    ) async throws -> PlanBriefing {
        let states = Dictionary(
            try await services.replication.summaries().map { ($0.key, $0.state) }
        ) { first, _ in first }
        let members = try await machines.mappedAtOnce { [services] machine in
            let name = machine.id.name
            var view = MachineView(machine, protection: states[name]).value.object ?? [:]
            if states[Protection.key(of: name, .extended)] != nil {
                view["chain"] = try await services.chain(of: name)
            }
            return Value.object(view)
        }
        var briefing = PlanBriefing(
            plan: plan, itinerary: try Itinerary(plan: plan, kind: kind, direction: direction),
            kind: kind, direction: direction, members: members, past: nil)
        briefing.complete()
        return briefing
    }

    private func effects(
        _ briefing: PlanBriefing, _ machines: [VirtualMachine], _ reason: String?
    ) async throws -> StepEffects {
        let sites = try await services.fabric.sites()
        let standings = try await machines.mappedAtOnce { try await self.standing($0, sites) }
        return StepEffects(
            briefing: briefing,
            standings: Dictionary(
                uniqueKeysWithValues: standings.map { ($0.production.id.name, $0) }),
            sites: sites, reason: reason,
            free: try freeAddresses(sites))
    }

    /// The engine's own preflight, which looks and does no more.
    private func preflight(
        _ briefing: PlanBriefing, _ request: RunRequest, _ file: LuaModule
    ) async throws -> Failure? {
        let preflight = Preflight(
            services: services, sight: FabricSight(services.fabric),
            subject: briefing.plan.subject(
                briefing.kind, briefing.direction, reason: request.reason),
            texts: PlanTexts(file, inspection(request.scope)))
        do {
            _ = try await preflight.run()
            return nil
        } catch let failure as Failure where failure.code == .preflightFailed {
            return failure
        }
    }
}
