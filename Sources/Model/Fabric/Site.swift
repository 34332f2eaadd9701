// What a site is made of, as the fabric keeps and reports it: hosts and host groups, switches,
// networks with their pools, clouds, clusters, storage classes, and which network of another site
// stands for one of these after a failover. What is left out of a kept site is empty.

/// A place that can fail as a whole.
package struct Site: Sendable, Hashable, Codable {
    package var name: String
    package var hosts: [Host]
    package var networks: [Network]
    package var hostGroups: [String]
    package var clouds: [Cloud]
    package var clusters: [Cluster]
    package var storageClasses: [String]
    /// Where machines of this site find their networks at other sites.
    package var mappings: [NetworkMapping]

    package init(
        name: String, hosts: [Host], networks: [Network], hostGroups: [String] = [],
        clouds: [Cloud] = [], clusters: [Cluster] = [], storageClasses: [String] = [],
        mappings: [NetworkMapping] = []
    ) {
        self.name = name
        self.hosts = hosts
        self.networks = networks
        self.hostGroups = hostGroups
        self.clouds = clouds
        self.clusters = clusters
        self.storageClasses = storageClasses
        self.mappings = mappings
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.decode(String.self, forKey: .name)
        hosts = try fields.decode([Host].self, forKey: .hosts)
        networks = try fields.decode([Network].self, forKey: .networks)
        hostGroups = try fields.decodeIfPresent([String].self, forKey: .hostGroups) ?? []
        clouds = try fields.decodeIfPresent([Cloud].self, forKey: .clouds) ?? []
        clusters = try fields.decodeIfPresent([Cluster].self, forKey: .clusters) ?? []
        storageClasses = try fields.decodeIfPresent([String].self, forKey: .storageClasses) ?? []
        mappings = try fields.decodeIfPresent([NetworkMapping].self, forKey: .mappings) ?? []
    }

    package func host(_ name: String) -> Host? { hosts.first { $0.name == name } }
    package func network(_ name: String) -> Network? { networks.first { $0.name == name } }

    /// What stands for that network at another site; nil when nobody has said.
    package func mapping(of network: String, to site: String) -> NetworkMapping? {
        mappings.first { $0.network == network && $0.target.site == site }
    }
}

/// A machine that runs virtual machines.
package struct Host: Sendable, Hashable, Codable {
    package var name: String
    /// The virtual switches this host offers, each joined to one network.
    package var switches: [Switch]
    /// Machines may move between hosts of one trust group and go on replicating.
    package var trustGroup: String?
    /// What its machines may have together, off or on; nil when nobody has said.
    package var memory: ByteCount?
    package var processors: Int?
    /// What it holds of each storage class; nil when nobody has said.
    package var storage: [String: ByteCount]?
    /// The host group it belongs to.
    package var group: String?
    /// The clouds its machines are replicated to, as pairings have configured it: `bergen:gold`.
    package var sendsTo: [String]?
    /// The clouds whose replicas it takes.
    package var receivesFrom: [String]?
    /// nil when it serves; while it stands the host takes no machine (N-6).
    package var maintenance: HostMaintenance?

    package init(
        name: String, switches: [Switch], trustGroup: String? = nil, memory: ByteCount? = nil,
        processors: Int? = nil, storage: [String: ByteCount]? = nil, group: String? = nil
    ) {
        self.name = name
        self.switches = switches
        self.trustGroup = trustGroup
        self.memory = memory
        self.processors = processors
        self.storage = storage
        self.group = group
    }
}

/// A virtual switch of one host; its ports belong to `network`.
package struct Switch: Sendable, Hashable, Codable {
    package var name: String
    package var network: String

    package init(name: String, network: String) {
        self.name = name
        self.network = network
    }
}

/// A network of a site. An isolated one reaches nothing outside it: test failovers live there.
package struct Network: Sendable, Hashable, Codable {
    package var name: String
    package var isIsolated: Bool
    /// The addresses that are given to machines which come here by a failover.
    package var pool: AddressPool

    package init(name: String, isIsolated: Bool = false, pool: AddressPool = AddressPool()) {
        self.name = name
        self.isIsolated = isIsolated
        self.pool = pool
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.decode(String.self, forKey: .name)
        isIsolated = try fields.decode(Bool.self, forKey: .isIsolated)
        pool = try fields.decodeIfPresent(AddressPool.self, forKey: .pool) ?? AddressPool()
    }
}

/// Names a network: `bergen:tenant`.
package struct NetworkName: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    package var site: String
    package var network: String

    package init(site: String, network: String) {
        self.site = site
        self.network = network
    }

    package var description: String { "\(site):\(network)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.site, left.network) < (right.site, right.network)
    }
}
