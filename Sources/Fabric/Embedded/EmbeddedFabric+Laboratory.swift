// What only a lab has: sites, hosts, switches and networks are made at will, and sites are cut off,
// lost and joined again on purpose.
import Model

extension EmbeddedFabric {
    /// Makes a site with no hosts; succeeds when it is there.
    package func createSite(_ name: String) async throws {
        try Name.checked(name, "site")
        try await changing { lab in
            try lab.createSite(name)
        }
    }

    package func furnish(_ site: Site, given addresses: [GivenAddress]) async throws {
        try Name.checked(site.name, "site")
        try await changing { lab in
            try lab.createSite(site.name)
            let standing = try lab.reachableSite(site.name)
            let machines = try lab.machineNames(site.name).compactMap { name in
                try lab.record(ifAny: MachineID(site: site.name, name: name))?.machine
            }
            try SiteUse(of: standing, becoming: site)
                .check(machines: machines, addresses: addresses)
            let kept = site.keepingMaintenance(of: standing)
            if kept != standing { try lab.write(kept) }
        }
    }

    /// Adds a host without switches; succeeds when it is there.
    package func addHost(_ host: String, at site: String) async throws {
        try Name.checked(host, "host")
        try await changeSite(site) { site in
            guard !site.hosts.contains(where: { $0.name == host }) else { return }
            site.hosts.append(Host(name: host, switches: []))
        }
    }

    /// Adds a network. Raises `fabric.lab_exists` when it is there with the other isolation.
    package func addNetwork(_ network: Network, at site: String) async throws {
        try Name.checked(network.name, "network")
        try await changeSite(site) { site in
            guard let standing = site.networks.first(where: { $0.name == network.name }) else {
                return site.networks.append(network)
            }
            guard standing.isIsolated == network.isIsolated else {
                throw Failure.labExists("network", network.name, site.name)
            }
        }
    }

    /// Adds a switch to `host`, to every host of the site when nil. Its network must be there
    /// (`name.unknown`). Raises `fabric.lab_exists` when it is there on another network.
    package func addSwitch(_ added: Switch, host: String?, at site: String) async throws {
        try Name.checked(added.name, "switch")
        try await changeSite(site) { site in
            try site.require(added.network, among: site.networks.map(\.name), "network")
            if let host { try site.require(host, among: site.hosts.map(\.name), "host") }
            for index in site.hosts.indices where host == nil || site.hosts[index].name == host {
                let standing = site.hosts[index].switches.first { $0.name == added.name }
                if standing == nil {
                    site.hosts[index].switches.append(added)
                } else if standing != added {
                    throw Failure.labExists("switch", added.name, site.name)
                }
            }
        }
    }

    /// Removes a switch from `host`, from every host of the site when nil; cards that name it keep
    /// the name and have no link. Succeeds when it is not there.
    package func removeSwitch(_ name: String, host: String?, at site: String) async throws {
        try await changeSite(site) { site in
            if let host { try site.require(host, among: site.hosts.map(\.name), "host") }
            for index in site.hosts.indices where host == nil || site.hosts[index].name == host {
                site.hosts[index].switches.removeAll { $0.name == name }
            }
        }
    }

    /// Tags a host with the group it trusts; nil takes the tag away.
    package func setTrustGroup(_ group: String?, host: String, at site: String) async throws {
        if let group { try Name.checked(group, "trust group") }
        try await changeHost(host, at: site) { host, _ in host.trustGroup = group }
    }

    package func setMaintenance(
        _ maintenance: HostMaintenance?, host: String, at site: String
    ) async throws {
        try await changeHost(host, at: site) { changed, site in
            // One that is in maintenance keeps the reason it entered with.
            if maintenance != nil, changed.maintenance != nil { return }
            if maintenance != nil { try site.requireMayEnterMaintenance(host) }
            changed.maintenance = maintenance
        }
    }

    /// Says what the machines of a host may have together; nil for as much as they like.
    package func setMemory(_ memory: ByteCount?, host: String, at site: String) async throws {
        try await changeHost(host, at: site) { host, _ in host.memory = memory }
    }

    private func changeHost(
        _ name: String, at site: String,
        _ change: @escaping @Sendable (inout Host, Site) throws -> Void
    ) async throws {
        try await changeSite(site) { site in
            try site.require(name, among: site.hosts.map(\.name), "host")
            let standing = site
            for index in site.hosts.indices where site.hosts[index].name == name {
                try change(&site.hosts[index], standing)
            }
        }
    }

    private func changeSite(
        _ name: String, _ change: @escaping @Sendable (inout Site) throws -> Void
    ) async throws {
        try await changing { lab in
            let before = try lab.reachableSite(name)
            var site = before
            try change(&site)
            if site != before { try lab.write(site) }
        }
    }
}

extension EmbeddedFabric {
    /// Cuts the site off: its machines go on running, every call for it raises
    /// `fabric.site_unreachable` until ``heal(_:)``. A lost site stays lost.
    package func cut(_ site: String) async throws {
        try await changing { lab in
            _ = try lab.site(site)
            if try lab.partition(of: site) == nil { try lab.setPartition(.cut, of: site) }
        }
    }

    /// The site is lost: as ``cut(_:)``, and its power is gone. Its machines end uncleanly, so that
    /// others of their names may be started elsewhere.
    package func lose(_ site: String) async throws {
        try await changing { lab in
            _ = try lab.site(site)
            // Cut off first: were this killed half way, nothing could be started here or elsewhere.
            if try lab.partition(of: site) == nil { try lab.setPartition(.cut, of: site) }
            for name in try lab.machineNames(site) {
                try lab.cutPower(MachineID(site: site, name: name))
            }
            try lab.setPartition(.lost, of: site)
        }
    }

    /// Joins the site again. Nothing is started by it (F-5).
    package func heal(_ site: String) async throws {
        try await changing { lab in
            _ = try lab.site(site)
            try lab.setPartition(nil, of: site)
        }
    }

    /// The sites that are cut off or lost now.
    package func unreachableSites() async throws -> [String] {
        try await reading { lab in
            try lab.siteNames().filter { try lab.partition(of: $0) != nil }
        }
    }
}

extension LabFolder {
    fileprivate func createSite(_ name: String) throws {
        if Folder.exists("\(path(site: name))/site.json") { return }
        // A site is there when its `site.json` is: the folder without it is a crash's.
        try Folder.create(machinesPath(name))
        try write(Site(name: name, hosts: [], networks: []))
        try Folder.sync(sitesPath)
    }

    fileprivate func cutPower(_ id: MachineID) throws {
        guard var record = try record(ifAny: id), record.machine.power == .running else { return }
        record.machine.power = .off
        // The map learns it first: a guest's write after that is refused.
        _ = try changeMap(record)
        try write(record)
    }
}

extension Site {
    fileprivate func require(
        _ wanted: String, among names: [String], _ kind: String
    ) throws(Failure) {
        guard names.contains(wanted) else {
            throw Failure(
                .unknownName,
                "site '\(name)' has no \(kind) '\(wanted)'"
                    + Spelling.hint(for: wanted, among: names),
                context: ["site": name, kind: wanted])
        }
    }
}

extension Failure {
    fileprivate static func labExists(_ kind: String, _ name: String, _ site: String) -> Failure {
        Failure(
            .labExists,
            "site '\(site)' has another \(kind) '\(name)'; choose another name or go on with that one",
            context: ["site": site, kind: name])
    }
}
