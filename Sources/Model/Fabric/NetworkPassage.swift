// What becomes of a machine's cards when another site takes it over: each is put on the network
// that stands for its own (N-3), and gets an address of that network's pool or keeps its own. Pure,
// so that preflight and failover cannot disagree.

/// An address of each family that the pool has, wanted for a card.
package struct AddressWish: Sendable, Hashable {
    package var network: NetworkName
    package var nic: String
    package var pool: AddressPool

    package init(of network: NetworkName, nic: String, pool: AddressPool) {
        self.network = network
        self.nic = nic
        self.pool = pool
    }
}

/// What happens to the addresses of a machine, together with what they are taken or left for.
package enum AddressMove: Sendable, Hashable {
    /// Raises `fabric.pool_exhausted`. What the machine has already stays its own.
    case take(MachineID, [AddressWish])
    case release(MachineID)
}

package struct NetworkPassage: Sendable, Hashable {
    /// A card whose network is mapped.
    package struct Card: Sendable, Hashable {
        package var nic: String
        package var mapping: NetworkMapping
        /// The switch of the machine's host that leads to the target.
        package var switchName: String
    }

    package private(set) var cards: [Card] = []
    package private(set) var wishes: [AddressWish] = []
    /// Why a card would have no network, as sentences; of those that are mapped.
    package private(set) var mappedFaults: [String] = []
    /// The same of those that are not.
    package private(set) var unmappedFaults: [String] = []

    /// `networks` are those of the primary's cards, by the name of the card.
    package init(
        of replica: VirtualMachine, networks: [String: String], from source: Site, to target: Site
    ) {
        for card in replica.nics {
            let mapping = networks[card.name].flatMap { network in
                source.mapping(of: network, to: target.name)
            }
            if let mapping {
                pass(card, of: replica, mapping, to: target)
            } else if let fault = Self.fault(
                of: card, of: replica, in: networks[card.name], from: source, to: target)
            {
                unmappedFaults.append(fault)
            }
        }
    }

    private mutating func pass(
        _ card: NetworkCard, of replica: VirtualMachine, _ mapping: NetworkMapping, to target: Site
    ) {
        let name = "\(card.name) of \(replica.id) is mapped from \(mapping.network) to "
        guard let network = target.network(mapping.target.network) else {
            mappedFaults.append(name + "\(mapping.target), which is not there")
            return
        }
        let switches = target.host(replica.host)?.switches.filter { $0.network == network.name }
        let standing = switches?.first { $0.name == card.switchName }
        guard let found = standing ?? switches?.first else {
            mappedFaults.append(name + "\(mapping.target), and \(replica.host) has no switch on it")
            return
        }
        cards.append(Card(nic: card.name, mapping: mapping, switchName: found.name))
        // What a person has set for this card is what it gets.
        guard mapping.addresses == .pool, card.failoverAddress?.isEmpty ?? true else { return }
        guard !network.pool.ranges.isEmpty else {
            mappedFaults.append(name + "\(mapping.target), which has no addresses to give")
            return
        }
        wishes.append(AddressWish(of: mapping.target, nic: card.name, pool: network.pool))
    }

    /// A network that exists at the primary only is found here (N-5).
    private static func fault(
        of card: NetworkCard, of replica: VirtualMachine, in network: String?, from source: Site,
        to target: Site
    ) -> String? {
        if let name = card.switchName {
            let switches = target.host(replica.host)?.switches ?? []
            guard !switches.contains(where: { $0.name == name }) else { return nil }
            return "\(card.name) of \(replica.id) wants the switch '\(name)', which "
                + "\(replica.host) does not have"
        }
        guard let network else { return nil }
        let isMapping = source.mappings.contains { $0.target.site == target.name }
        guard isMapping || target.network(network) == nil else { return nil }
        let why = target.network(network) == nil ? "\(target.name) does not have" : "is not mapped"
        return "\(card.name) of \(source.name)/\(replica.id.name) is in the network '\(network)', "
            + "which \(why): map it in fabric/\(source.name).lua, or connect the replica's card"
    }

    /// What the cards of a test are wished: of the isolated network's pool when it has one.
    package func wishes(in isolated: Network?, at site: String) -> [AddressWish] {
        guard let isolated, !isolated.pool.ranges.isEmpty else { return wishes }
        let name = NetworkName(site: site, network: isolated.name)
        return wishes.map { AddressWish(of: name, nic: $0.nic, pool: isolated.pool) }
    }

    /// Puts the machine's cards where they belong. `own` is the machine they come from, as far as
    /// it is known.
    package func place(
        _ machine: inout VirtualMachine, given: [GivenAddress], own: VirtualMachine?
    ) {
        for card in cards {
            guard let index = machine.nics.firstIndex(where: { $0.name == card.nic }) else {
                continue
            }
            machine.nics[index].switchName = card.switchName
            let addresses = given.filter { $0.nic == card.nic }
            if !addresses.isEmpty {
                machine.nics[index].failoverAddress = FailoverAddress(addresses.map(\.address))
            } else if card.mapping.addresses == .keep,
                let own = own?.nics.first(where: { $0.name == card.nic })
            {
                machine.nics[index].takeAddresses(of: own)
            }
        }
    }
}

extension VirtualMachine {
    /// The networks of the connected cards by the names of the cards.
    package func networks(in site: Site) -> [String: String] {
        let switches = site.host(host)?.switches ?? []
        return nics.reduce(into: [:]) { networks, card in
            networks[card.name] = switches.first { $0.name == card.switchName }?.network
        }
    }

    /// Undoes what a failover gave the cards: they have the addresses that `own` has (N-4), also
    /// when overrides are taken back later.
    package mutating func giveBack(_ given: [GivenAddress], own: VirtualMachine) {
        Self.giveBack(given, own: own, on: &nics)
        guard var shape = original else { return }
        Self.giveBack(given, own: own, on: &shape.nics)
        original = shape
    }

    private static func giveBack(
        _ given: [GivenAddress], own: VirtualMachine, on nics: inout [NetworkCard]
    ) {
        for index in nics.indices where given.contains(where: { $0.nic == nics[index].name }) {
            nics[index].failoverAddress = nil
            if let card = own.nics.first(where: { $0.name == nics[index].name }) {
                nics[index].takeAddresses(of: card)
            }
        }
    }
}
