// All declarations of a lab together: what one site says of another is held against what that one
// is to become, or is when nobody declares it.
import LuaRuntime
import Model

package struct FabricDeclarations: Sendable {
    package let sites: [SiteDeclaration]

    /// Reads `fabric/*.lua`; raises what loading a card raises, and `plan.card_invalid` with file
    /// and line.
    package init(
        _ files: [LuaModule], beside standing: [Site], _ inspection: CardInspection
    ) async throws {
        var sites: [SiteDeclaration] = []
        for file in files {
            sites.append(
                try SiteDeclaration(
                    card: try await inspection.card(of: file), file: file.name))
        }
        self.sites = sites
        var all = Dictionary(uniqueKeysWithValues: standing.map { ($0.name, $0) })
        for declared in sites { all[declared.site.name] = declared.site }
        for declared in sites { try declared.check(beside: all) }
    }

    /// What the sites are to be, in the order of their names: those that are declared, and those
    /// whose hosts are configured by the pairing of one that is.
    func becoming(_ standing: [Site]) -> [Site] {
        let declared = sites.map(\.site)
        let others = standing.filter { site in !declared.contains { $0.name == site.name } }
        return CloudPairings(of: (declared + others).sorted { $0.name < $1.name }).configured()
    }
}

extension SiteDeclaration {
    fileprivate func check(beside sites: [String: Site]) throws(Failure) {
        for (mapping, subject) in mappings {
            try subject.require("site", mapping.target.site, among: sites.keys)
            if let site = sites[mapping.target.site] { try check(mapping, site, subject) }
        }
        for (pairing, cloud, subject) in pairings {
            try subject.require("site", pairing.terms.target, among: sites.keys)
            if let site = sites[pairing.terms.target] { try check(pairing, cloud, site, subject) }
        }
    }

    private func check(
        _ mapping: NetworkMapping, _ target: Site, _ subject: CheckSubject
    ) throws(Failure) {
        let name = mapping.target.network
        try subject.require("network", name, among: target.networks.map(\.name))
        guard target.hosts.contains(where: { $0.switches.contains { $0.network == name } }) else {
            throw subject.failure(
                "is mapped to \(mapping.target), on which no host has a switch; add one")
        }
        let isEmpty = target.network(name)?.pool.ranges.isEmpty ?? true
        guard mapping.addresses == .keep || !isEmpty else {
            throw subject.failure(
                "is mapped to \(mapping.target), which has no addresses to give; give it a pool, "
                    + "or let cards keep their own: addresses = \"keep\"")
        }
    }

    private func check(
        _ pairing: CloudPairing, _ cloud: Cloud, _ target: Site, _ subject: CheckSubject
    ) throws(Failure) {
        try subject.require("cloud", pairing.cloud, among: target.clouds.map(\.name))
        guard let other = target.cloud(pairing.cloud), target.hosts(of: other).isEmpty else {
            return
        }
        throw subject.failure("is paired with \(target.name):\(other.name), which has no host")
    }
}
