// The declared fabric: what it differs in from the one that stands, and making it so.
import Fabric
import LuaRuntime
import Model
import Store

/// What a declaration would change, site by site.
package struct FabricPlan: Sendable {
    package struct SitePlan: Sendable {
        package let site: Site
        package let differences: [SiteDifference]
        /// Why it cannot be done, as sentences.
        package let refusals: [String]
    }

    package let sites: [SitePlan]

    /// Sites that are to become another.
    package var changed: [SitePlan] { sites.filter { !$0.differences.isEmpty } }
}

extension Orchestrator {
    /// The difference between what is declared and what stands; writes nothing. Raises what
    /// reading the declarations raises.
    package func fabricPlan(_ files: [LuaModule]) async throws -> FabricPlan {
        let standing = try await services.fabric.sites()
        let declared = try await FabricDeclarations(files, beside: standing, inspection())
        let given = try services.store.givenAddresses()
        var plans: [FabricPlan.SitePlan] = []
        for site in declared.becoming(standing) {
            let before = standing.first { $0.name == site.name }
            let differences = SiteDifference.list(from: before, to: site)
            let refusals =
                differences.isEmpty ? [] : try await refusals(from: before, to: site, given)
            plans.append(
                FabricPlan.SitePlan(site: site, differences: differences, refusals: refusals))
        }
        return FabricPlan(sites: plans)
    }

    private func refusals(
        from standing: Site?, to declared: Site, _ given: [GivenAddress]
    ) async throws -> [String] {
        guard let standing else { return [] }
        do {
            let machines = try await services.fabric.machines(at: standing.name)
            return SiteUse(of: standing, becoming: declared)
                .faults(machines: machines, addresses: given)
        } catch let failure as Failure where failure.code == .siteUnreachable {
            return [failure.message]
        }
    }

    /// Makes the fabric what is declared, once the decision is written down; what is in use stays.
    /// Raises `fabric.in_use` before anything is changed, and what ``fabricPlan(_:)`` raises. One
    /// that died on the way is finished by asking again.
    package func applyFabric(
        _ files: [LuaModule], reason: String? = nil, by person: Person
    ) async throws -> FabricPlan {
        let plan = try await fabricPlan(files)
        let refusals = plan.changed.flatMap(\.refusals)
        guard refusals.isEmpty else {
            throw Failure(
                .inUse,
                "the fabric cannot become so: \(refusals.joined(separator: "; ")); nothing was "
                    + "changed",
                context: ["faults": String(refusals.count)])
        }
        guard !plan.changed.isEmpty else { return plan }
        let list = plan.changed.map { "\($0.site.name) (\($0.differences.count))" }
        let act = "apply the fabric: changes at \(list.joined(separator: ", "))"
        try await services.store.commit([decided(act, by: person.name, reason: reason)])
        for changed in plan.changed {
            try await services.fabric.furnish(
                changed.site, given: try services.store.givenAddresses())
        }
        return plan
    }

    /// What stands at each site, with what is used of it.
    package func fabricOverview() async throws -> [SiteOverview] {
        let reached = try await services.fabric.reached()
        let given = try services.store.givenAddresses()
        return try await services.fabric.sites().map { site in
            SiteOverview(
                site: site, answers: reached.sites.contains(site.name),
                machines: reached.machines.filter { $0.id.site == site.name },
                given: given.filter { $0.network.site == site.name })
        }
    }
}

extension FabricPlan {
    /// As a program sees it: every change, and why one cannot be.
    package var value: Value {
        .list(
            sites.map { plan in
                [
                    "site": .text(plan.site.name),
                    "changes": .list(plan.differences.map(\.value)),
                    "refusals": .list(plan.refusals.map { .text($0) }),
                ]
            })
    }
}

extension SiteDifference {
    fileprivate var value: Value {
        [
            "change": .text(kind.rawValue), "part": .text(part),
            "was": was.map { .text($0) } ?? .null, "becomes": becomes.map { .text($0) } ?? .null,
        ]
    }
}
