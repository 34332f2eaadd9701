// A vm and its replica, as they stand, and where the vm's cards would come to: for those who read a
// plan before it runs.
import Fabric
import Model
import Replication
import Store

struct MachineStanding: Sendable {
    let production: VirtualMachine
    /// nil when it is not protected, or the site does not answer.
    let replica: VirtualMachine?
    let passage: NetworkPassage?

    /// Where each card comes to, and which address it has there. `free` says how many addresses
    /// the networks have left.
    func cards(at sites: [Site], _ free: [NetworkName: Int]) -> [String] {
        guard let replica else { return [] }
        let switches =
            sites.first { $0.name == replica.id.site }?.host(replica.host)?.switches ?? []
        return replica.nics.map { card in
            let passed = passage?.cards.first { $0.nic == card.name }
            let wish = passage?.wishes.first { $0.nic == card.name }
            guard let name = passed?.switchName ?? card.switchName else {
                return "\(card.name) is connected to nothing"
            }
            let network = switches.first { $0.name == name }?.network
            let place = network.map { " in \(replica.id.site):\($0)" } ?? ""
            return "\(card.name) is on the switch \(name)\(place), with "
                + address(of: card, wish, passed, free)
        }
    }

    private func address(
        of card: NetworkCard, _ wish: AddressWish?, _ passed: NetworkPassage.Card?,
        _ free: [NetworkName: Int]
    ) -> String {
        if let wish {
            return "an address of the pool of \(wish.network), \(free[wish.network] ?? 0) are free"
        }
        if passed?.mapping.addresses == .keep { return "the address it has now" }
        if let words = card.failoverAddress?.words { return "the address \(words)" }
        let own = [card.address, card.address6].compactMap(\.self)
        return own.isEmpty ? "no address set" : "the address \(own.joined(separator: " and "))"
    }
}

extension Orchestrator {
    func standing(
        _ machine: VirtualMachine, _ sites: [Site], _ sight: FabricSight
    ) async throws -> MachineStanding {
        guard let protection = try await services.replication.protection(of: machine.id.name),
            let replica = try? await sight.machine(protection.replica)
        else { return MachineStanding(production: machine, replica: nil, passage: nil) }
        return MachineStanding(
            production: machine, replica: replica,
            passage: services.replication.passage(
                of: protection, primary: machine.id == protection.primary ? machine : nil,
                replica: replica, sites: sites))
    }

    /// How many addresses each network with a pool has left, of the scarcer family.
    func freeAddresses(_ sites: [Site]) throws -> [NetworkName: Int] {
        let given = Dictionary(grouping: try services.store.givenAddresses(), by: \.network)
        var free: [NetworkName: Int] = [:]
        for site in sites {
            for network in site.networks where !network.pool.ranges.isEmpty {
                let name = NetworkName(site: site.name, network: network.name)
                free[name] = network.pool.families.map { family in
                    let used = given[name, default: []].count {
                        $0.address.family == family && network.pool.contains($0.address)
                    }
                    return network.pool.count(family) - used
                }.min()
            }
        }
        return free
    }
}
