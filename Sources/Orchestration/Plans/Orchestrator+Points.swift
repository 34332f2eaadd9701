// What another choice of points would change in a plan of the library, looked at before it is done.
import Model
import Replication

extension Orchestrator {
    /// What a change of the point would do with the vms of a plan and of those that it runs. Looks
    /// only. Raises what loading the plan raises, `usage.invalid` for a runbook, and what
    /// ``PointChoice/changes(of:)`` raises.
    package func changes(
        _ choice: PointChoice, of plan: String, scope: String?
    ) async throws -> [PointChoice.Change] {
        let inspection = inspection(scope)
        var (vms, names, rest) = ([String](), Set<String>(), [plan])
        while let name = rest.popLast() {
            guard names.insert(name).inserted else { continue }
            let (card, _) = try await inspection.plan(name)
            vms += card.vms
            rest += card.plans.flatMap(\.self).reversed()
        }
        var protections: [Protection] = []
        for vm in vms {
            guard let found = try await services.replication.protection(of: vm) else { continue }
            protections.append(found)
        }
        return try choice.changes(of: protections)
    }
}
