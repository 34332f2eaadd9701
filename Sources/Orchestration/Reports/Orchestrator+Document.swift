// Asks for what a plan's document is made from.
import Fabric
import LuaRuntime
import Model
import Store

extension Orchestrator {
    /// A plan in plain words. Raises what loading its card raises, and `usage.invalid` for a
    /// runbook.
    package func document(of name: String) async throws -> Document {
        let file = try library.file(name)
        guard case .plan(let plan) = try await inspection().read(file) else {
            throw Failure(.usage, "'\(name)' is a runbook; only a plan has a document")
        }
        let kinds: [FailoverKind] = [.planned, .unplanned, .failback, .test]
        let itineraries = try kinds.map { kind in
            (kind, try Itinerary(plan: plan, kind: kind, direction: Direction(of: kind)))
        }
        let sites = try await services.fabric.sites()
        return PlanDocument(
            name: LuaModule.runbookName(of: name), plan: plan, digest: Digest(of: file.text),
            itineraries: itineraries, standings: try await standings(of: plan, sites),
            sites: sites, free: try freeAddresses(sites)
        ).document
    }

    /// A plan is read by people before its machines are there: who is not is left out.
    private func standings(
        of plan: RecoveryPlan, _ sites: [Site]
    ) async throws -> [String: MachineStanding] {
        let sight = await sight(of: plan)
        let directory = MachineDirectory(services: services, sight: sight)
        var standings: [String: MachineStanding] = [:]
        for vm in plan.vms {
            do {
                let machine = try await directory.memberMachine(named: .text(vm), scope: nil)
                standings[vm] = try await standing(machine, sites, sight)
            } catch let failure as Failure
                where [.unknownName, .siteUnreachable].contains(failure.code)
            {
                continue
            }
        }
        return standings
    }
}

extension Direction {
    /// Where a run of that kind goes unless somebody says otherwise.
    package init(of kind: FailoverKind) { self = kind == .failback ? .back : .forward }
}
