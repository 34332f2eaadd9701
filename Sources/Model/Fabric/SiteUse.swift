// What keeps a part of a site from being taken away or changed: somebody uses it. Every reason is
// told at once, by the names of both.

package struct SiteUse: Sendable {
    private let standing: Site
    private let declared: Site

    package init(of standing: Site, becoming declared: Site) {
        self.standing = standing
        self.declared = declared
    }

    /// Raises `fabric.in_use` when machines, or addresses that were given out, need what would be
    /// gone.
    package func check(
        machines: [VirtualMachine], addresses: [GivenAddress]
    ) throws(Failure) {
        let faults = faults(machines: machines, addresses: addresses)
        guard faults.isEmpty else {
            throw Failure(
                .inUse,
                "site '\(standing.name)' cannot become so: \(faults.joined(separator: "; ")); "
                    + "nothing was changed",
                context: ["site": standing.name, "faults": String(faults.count)])
        }
    }

    package func faults(machines: [VirtualMachine], addresses: [GivenAddress]) -> [String] {
        machines.sorted { $0.id < $1.id }.flatMap(faults) + addresses.compactMap(fault)
    }

    private func faults(of machine: VirtualMachine) -> [String] {
        guard let host = standing.host(machine.host) else { return [] }
        guard let after = declared.host(host.name) else {
            return ["the host \(host.name) holds \(machine.id)"]
        }
        return machine.nics.compactMap { card in
            guard let name = card.switchName, let before = host.port(name, in: standing),
                after.port(name, in: declared) != before
            else { return nil }
            return "the switch \(name) of \(host.name) has \(card.name) of \(machine.id) on "
                + "the network \(before.name)"
        }
    }

    private func fault(of given: GivenAddress) -> String? {
        guard given.network.site == standing.name,
            standing.network(given.network.network)?.pool.contains(given.address) == true,
            declared.network(given.network.network)?.pool.contains(given.address) != true
        else { return nil }
        return "\(given.address) of the network \(given.network.network) is given to "
            + "\(given.nic) of \(given.machine)"
    }
}

extension Host {
    /// The network that a card on the switch is in; pools are no matter of a port.
    fileprivate func port(_ switchName: String, in site: Site) -> Network? {
        switches.first { $0.name == switchName }.map { found in
            Network(
                name: found.network, isIsolated: site.network(found.network)?.isIsolated ?? false)
        }
    }
}
