// What a site is made of, as the fabric reports it: hosts, switches, networks.

/// A place that can fail as a whole.
package struct Site: Sendable, Hashable, Codable {
    package var name: String
    package var hosts: [Host]
    package var networks: [Network]

    package init(name: String, hosts: [Host], networks: [Network]) {
        self.name = name
        self.hosts = hosts
        self.networks = networks
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

    package init(
        name: String, switches: [Switch], trustGroup: String? = nil, memory: ByteCount? = nil
    ) {
        self.name = name
        self.switches = switches
        self.trustGroup = trustGroup
        self.memory = memory
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

    package init(name: String, isIsolated: Bool = false) {
        self.name = name
        self.isIsolated = isIsolated
    }
}
