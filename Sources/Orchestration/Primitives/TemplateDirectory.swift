// Which template a name means: that of the named site, or the only one of that name.
import Fabric
import Model

package struct TemplateDirectory: Sendable {
    let services: Services

    package init(services: Services) { self.services = services }

    /// The templates of a site, of every site that answers when `site` is nil, by name.
    package func templates(at site: String? = nil) async throws -> [MachineTemplate] {
        let fabric = services.fabric
        if let site { return try await fabric.templates(at: site) }
        var found: [MachineTemplate] = []
        for site in try await fabric.sites() {
            do {
                found += try await fabric.templates(at: site.name)
            } catch let failure as Failure where failure.code == .siteUnreachable {
                continue
            }
        }
        return found.sorted { ($0.name, $0.site) < ($1.name, $1.site) }
    }

    /// Raises `name.unknown` with the nearest spelling, or with the sites to choose from.
    package func template(_ name: String, at site: String? = nil) async throws -> MachineTemplate {
        let all = try await templates(at: site)
        let named = all.filter { $0.name == name }
        guard let only = named.first else {
            throw Failure(
                .unknownName,
                "there is no template '\(name)'\(site.map { " at '\($0)'" } ?? "")"
                    + Spelling.hint(for: name, among: Set(all.map(\.name))),
                context: ["template": name])
        }
        guard named.count == 1 else {
            let sites = named.map(\.site).joined(separator: " and ")
            throw Failure(
                .unknownName, "'\(name)' is kept at \(sites); say which site you mean",
                context: ["template": name])
        }
        return only
    }
}
