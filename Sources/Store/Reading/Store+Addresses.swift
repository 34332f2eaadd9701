// Reading the addresses that were given out.
import GRDB
import Model

extension Store {
    /// All of them in the order of networks and addresses; of one machine when named.
    package func givenAddresses(of machine: MachineID? = nil) throws -> [GivenAddress] {
        try read { db in
            guard let machine else {
                return try db.addresses("").sorted(by: GivenAddress.comesFirst)
            }
            return try db.addresses(of: machine)
        }
    }
}

extension GivenAddress {
    fileprivate static func comesFirst(_ left: Self, _ right: Self) -> Bool {
        (left.network, left.address) < (right.network, right.address)
    }
}

extension Database {
    func addresses(of machine: MachineID) throws -> [GivenAddress] {
        try addresses(
            "WHERE machine_site = ? AND machine = ?", .text(machine.site), .text(machine.name)
        ).sorted { ($0.nic, $0.address) < ($1.nic, $1.address) }
    }

    func addresses(in network: NetworkName) throws -> [GivenAddress] {
        try addresses(
            "WHERE site = ? AND network = ?", .text(network.site), .text(network.network))
    }

    fileprivate func addresses(
        _ condition: String, _ values: SQLValue...
    ) throws -> [GivenAddress] {
        try all(
            "SELECT site, network, address, machine_site, machine, nic FROM address \(condition)",
            values
        ) { row in
            var columns = SQLColumns(row)
            let network = NetworkName(site: columns.text(), network: columns.text())
            let address = try columns.value { try Address(text: $0) }
            let machine = MachineID(site: columns.text(), name: columns.text())
            return GivenAddress(address, of: network, to: machine, nic: columns.text())
        }
    }
}
