// What a site's hosts are gathered to, and how it is joined to other sites.

/// Host groups under one name: what a tenant deploys to, and what is paired as a whole (N-2).
package struct Cloud: Sendable, Hashable, Codable {
    package var name: String
    package var hostGroups: [String]
    /// How its machines are protected; nil when it is not paired.
    package var pairing: CloudPairing?

    package init(name: String, hostGroups: [String], pairing: CloudPairing? = nil) {
        self.name = name
        self.hostGroups = hostGroups
        self.pairing = pairing
    }

    /// Whether it is made of the host's group.
    package func holds(_ host: Host) -> Bool { host.group.map(hostGroups.contains) ?? false }
}

/// The cloud of another site that receives the replicas, and the terms.
package struct CloudPairing: Sendable, Hashable, Codable {
    package var cloud: String
    package var terms: RecoveryTerms
    package var isCompressed: Bool

    package init(cloud: String, terms: RecoveryTerms, isCompressed: Bool) {
        self.cloud = cloud
        self.terms = terms
        self.isCompressed = isCompressed
    }
}

/// Hosts that stand for one another, reached by one name (N-7).
package struct Cluster: Sendable, Hashable, Codable {
    package var name: String
    package var hosts: [String]
    package var accessName: String

    package init(name: String, hosts: [String], accessName: String) {
        self.name = name
        self.hosts = hosts
        self.accessName = accessName
    }
}

/// Which network of another site stands for one of this site (N-3).
package struct NetworkMapping: Sendable, Hashable, Codable {
    package enum Addresses: String, Sendable, Hashable, Codable, CaseIterable {
        /// A card gets an address of the target's pool.
        case pool
        /// A card keeps its own: one network stretched over both sites.
        case keep
    }

    package var network: String
    package var target: NetworkName
    package var addresses: Addresses

    package init(network: String, target: NetworkName, addresses: Addresses) {
        self.network = network
        self.target = target
        self.addresses = addresses
    }
}

extension Site {
    /// The hosts of a cloud's host groups, in the site's order.
    package func hosts(of cloud: Cloud) -> [Host] {
        hosts.filter(cloud.holds)
    }

    /// The hosts of another site that take what a host of this one sends, as the pairings of its
    /// clouds have configured both; nil when it is paired with nothing there.
    package func receivers(of host: String, at target: Site) -> [Host]? {
        guard let sender = self.host(host), sender.sendsTo != nil else { return nil }
        let names = Set(clouds.filter { $0.holds(sender) }.map { "\(name):\($0.name)" })
        let receivers = target.hosts.filter { !names.isDisjoint(with: $0.receivesFrom ?? []) }
        return receivers.isEmpty ? nil : receivers
    }

    package func cloud(_ name: String) -> Cloud? { clouds.first { $0.name == name } }
}
