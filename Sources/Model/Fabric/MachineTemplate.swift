// A template: what machines are made of, kept in the fabric of a site. Its disks' first content
// lies with it. It may ask that whatever is made from it be protected (S-3).

package struct MachineTemplate: Sendable, Hashable, Codable {
    /// Where it is kept; machines are made there.
    package var site: String
    package var name: String
    package var processors: Int
    package var memory: ByteCount
    package var disks: [Disk]
    /// The switch of each card: nic0, nic1, …
    package var switches: [String]
    package var tags: [String]
    /// nil when machines made from it are protected by an add-on, by hand, or not.
    package var recovery: RecoveryAsk?

    package init(
        site: String, name: String, processors: Int = 1, memory: ByteCount = ByteCount(1 << 30),
        disks: [Disk] = [], switches: [String] = [], tags: [String] = [],
        recovery: RecoveryAsk? = nil
    ) {
        self.site = site
        self.name = name
        self.processors = processors
        self.memory = memory
        self.disks = disks
        self.switches = switches
        self.tags = tags
        self.recovery = recovery
    }
}

/// One machine to be made from a template, at the template's site.
package struct Deployment: Sendable, Hashable {
    package var template: String
    package var machine: MachineID
    /// The host that is to hold it; the first with room when nil.
    package var host: String?
    package var subscription: String?
    /// What is to be borne as the wish to be protected.
    package var recovery: RecoveryTerms?
    /// Names this act for ever: repeated, it finds what it has made.
    package var operation: String

    package init(
        of template: String, as machine: MachineID, on host: String? = nil,
        for subscription: String? = nil, recovery: RecoveryTerms? = nil, operation: String
    ) {
        self.template = template
        self.machine = machine
        self.host = host
        self.subscription = subscription
        self.recovery = recovery
        self.operation = operation
    }
}

extension MachineTemplate {
    /// The machine that a deployment makes, on a host yet to be found.
    package func machine(for deployment: Deployment) -> VirtualMachine {
        var machine = VirtualMachine(
            id: deployment.machine, host: deployment.host ?? "", processors: processors,
            memory: memory, disks: disks,
            nics: switches.enumerated().map { index, name in
                NetworkCard(of: deployment.machine.name, index, switchName: name)
            },
            tags: tags, subscription: deployment.subscription)
        machine.recovery = deployment.recovery
        machine.deployedBy = deployment.operation
        return machine
    }
}

extension NetworkCard {
    /// A new machine's card of that number. The mac follows from the machine's name and the card,
    /// so that a machine made again has the same.
    package init(of machine: String, _ index: Int, switchName: String?, address: String? = nil) {
        let digest = Array(Digest(of: "\(machine)/nic\(index)").description.prefix(10))
        let pairs = stride(from: 0, to: 10, by: 2).map { String(digest[$0...$0 + 1]) }
        self.init(
            name: "nic\(index)", mac: (["02"] + pairs).joined(separator: ":"),
            switchName: switchName, address: address)
    }
}
