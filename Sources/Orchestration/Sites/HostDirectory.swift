// Hosts by their names, and their maintenance: a host that enters it is emptied, each machine
// running on at another host of the cluster, and what is replicated to it as well (N-6, N-7).
import Fabric
import Model
import Store

package struct HostDirectory: Sendable {
    let fabric: any FabricProvider

    package init(fabric: any FabricProvider) { self.fabric = fabric }

    /// The host that `value` names: `"site/name"`, a name that one site has, or what `fabric.hosts`
    /// gave. Raises `name.unknown`.
    package func host(named value: Value) async throws -> (site: Site, host: Host) {
        let sites = try await fabric.sites()
        if let name = value["name"]?.text, let site = value["site"]?.text {
            return try one(of: sites.filter { $0.name == site }, name, "\(site)/\(name)", sites)
        }
        let text = value.text ?? ""
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2 {
            return try one(of: sites.filter { $0.name == parts[0] }, parts[1], text, sites)
        }
        return try one(of: sites.filter { $0.host(text) != nil }, text, text, sites)
    }

    private func one(
        of candidates: [Site], _ name: String, _ written: String, _ sites: [Site]
    ) throws(Failure) -> (site: Site, host: Host) {
        if candidates.count > 1 {
            let places = candidates.map { "\($0.name)/\(name)" }.joined(separator: " and ")
            throw Failure(
                .unknownName, "'\(written)' names \(places); write which of them you mean",
                context: ["host": written])
        }
        guard let site = candidates.first, let host = site.host(name) else {
            let isWhole = written.contains("/")
            let names = sites.flatMap { site in
                site.hosts.map { isWhole ? "\(site.name)/\($0.name)" : $0.name }
            }
            throw Failure.unknown("host", written, among: names)
        }
        return (site, host)
    }

    /// The hosts that match every condition given; those of a cluster in its order. Raises
    /// `name.unknown` for a site or a cluster.
    func hosts(at wanted: String?, in cluster: String?) async throws -> [HostView] {
        var sites = try await fabric.sites()
        if let wanted { sites = [try await fabric.site(named: wanted)] }
        guard let cluster else {
            return sites.flatMap { site in site.hosts.map { .init($0, site) } }
        }
        let found = sites.compactMap { site in
            site.hosts(reachedBy: cluster).map { hosts in hosts.map { HostView($0, site) } }
        }
        guard !found.isEmpty else {
            let names = sites.flatMap(\.clusters).flatMap { [$0.name, $0.accessName] }
            throw Failure.unknown("cluster", cluster, among: names)
        }
        return found.flatMap(\.self)
    }

    /// Puts a host into maintenance and moves away what it holds; returns what moved. Repeated, it
    /// moves what is left. Raises what ``Evacuation`` raises before anything is changed, and
    /// `fabric.cluster_in_maintenance`.
    @discardableResult
    package func enterMaintenance(
        _ host: Host, at site: Site, reason: String
    ) async throws -> [Evacuation.Move] {
        try site.requireMayEnterMaintenance(host.name)
        _ = try await evacuation(of: host, at: site)
        try await fabric.setMaintenance(
            HostMaintenance(reason: reason), host: host.name, at: site.name)
        // Asked anew: what came to the host before it was closed is moved as well.
        let moves = try await evacuation(of: host, at: site).moves
        for move in moves { try await fabric.move(move.machine.id, to: move.host) }
        return moves
    }

    private func evacuation(of host: Host, at site: Site) async throws -> Evacuation {
        try Evacuation(
            of: host, at: try await fabric.site(named: site.name),
            machines: try await fabric.machines(at: site.name))
    }
}

/// A host as Lua sees it.
struct HostView: Sendable {
    let host: Host
    let site: Site

    init(_ host: Host, _ site: Site) {
        self.host = host
        self.site = site
    }

    var value: Value {
        let clusters = site.clusters.filter { $0.hosts.contains(host.name) }.map(\.name)
        var fields: [String: Value] = [
            "name": .text(host.name), "site": .text(site.name),
            "switches": .object(
                Dictionary(
                    host.switches.map { ($0.name, .text($0.network)) },
                    uniquingKeysWith: { first, _ in first })),
            "clusters": .list(clusters.map { .text($0) }),
        ]
        if let group = host.group { fields["group"] = .text(group) }
        if let memory = host.memory { fields["memory"] = .integer(memory.bytes) }
        if let maintenance = host.maintenance { fields["maintenance"] = .text(maintenance.reason) }
        return .object(fields)
    }

    static let fields: [Parameter] = [
        Parameter("name", .text, required: true, "Its name."),
        Parameter("site", .text, required: true, "Where it is."),
        Parameter("switches", .map(.text), required: true, "Switch to network."),
        Parameter("clusters", .list(.text), required: true, "The clusters it belongs to."),
        Parameter("group", .text, "Its host group, when it has one."),
        Parameter("memory", .integer(0..<Int64.max), "Bytes, when somebody has said how much."),
        Parameter("maintenance", .text, "Why it is in maintenance, while it is."),
    ]
}

extension Orchestrator {
    /// ``HostDirectory/enterMaintenance(_:at:reason:)`` on a person's word, which is written down
    /// first.
    package func enterMaintenance(
        _ name: String, reason: String, by person: Person
    ) async throws -> [Evacuation.Move] {
        let directory = HostDirectory(fabric: services.fabric)
        let (site, host) = try await directory.host(named: .text(name))
        try await services.store.commit([
            decided(
                "put host \(site.name)/\(host.name) into maintenance", by: person.name,
                reason: reason)
        ])
        return try await directory.enterMaintenance(host, at: site, reason: reason)
    }

    /// Puts a host back into service on a person's word.
    package func leaveMaintenance(_ name: String, reason: String?, by person: Person) async throws {
        let (site, host) = try await HostDirectory(fabric: services.fabric)
            .host(named: .text(name))
        try await services.store.commit([
            decided(
                "end the maintenance of host \(site.name)/\(host.name)", by: person.name,
                reason: reason)
        ])
        try await services.fabric.setMaintenance(nil, host: host.name, at: site.name)
    }
}
