// Addresses are chosen here, inside the transaction that writes them: two who ask at once cannot be
// given the same.
import GRDB
import Model

extension ChangeWriter {
    /// The lowest free address of each family that a pool has, for each card. A card that has one
    /// already keeps it.
    func take(_ wishes: [AddressWish], for machine: MachineID, at instant: Timestamp) throws {
        let standing = try db.addresses(of: machine)
        var missing: [String: (wish: AddressWish, family: Address.Family, count: Int)] = [:]
        for wish in wishes {
            var taken = Set(try db.addresses(in: wish.network).map(\.address))
            for family in wish.pool.families where !standing.contains(wish, family) {
                guard let address = wish.pool.lowest(family, besides: taken) else {
                    missing["\(wish.network) \(family)", default: (wish, family, 0)].count += 1
                    continue
                }
                taken.insert(address)
                try give(
                    GivenAddress(address, of: wish.network, to: machine, nic: wish.nic),
                    at: instant)
            }
        }
        if let first = missing.sorted(by: { $0.key < $1.key }).first?.value {
            throw Failure(
                exhausted: first.wish.network, first.family, missing: first.count, for: machine)
        }
    }

    private func give(_ given: GivenAddress, at instant: Timestamp) throws {
        try db.run(
            """
            INSERT INTO address (site, network, address, machine_site, machine, nic, since)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            .text(given.network.site), .text(given.network.network),
            .text(given.address.description), .text(given.machine.site),
            .text(given.machine.name), .text(given.nic), .at(instant))
    }

    func releaseAddresses(of machine: MachineID) throws {
        try db.run(
            "DELETE FROM address WHERE machine_site = ? AND machine = ?", .text(machine.site),
            .text(machine.name))
    }
}

extension [GivenAddress] {
    fileprivate func contains(_ wish: AddressWish, _ family: Address.Family) -> Bool {
        contains {
            $0.network == wish.network && $0.nic == wish.nic && $0.address.family == family
        }
    }
}

extension Failure {
    fileprivate init(
        exhausted network: NetworkName, _ family: Address.Family, missing: Int,
        for machine: MachineID
    ) {
        let count = missing == 1 ? "one address is" : "\(missing) addresses are"
        self.init(
            .poolExhausted,
            "the pool of \(network) is exhausted: \(count) missing (\(family.rawValue)) for "
                + "\(machine); clean up test failovers, or widen the pool",
            context: [
                "network": network.description, "vm": machine.name, "missing": String(missing),
            ])
    }
}
