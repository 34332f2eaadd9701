// Which networks a machine's cards come to at a failover, and the addresses they have there. They
// are taken in the step that writes the failover down, and released in the step that writes down
// that the machine is no production any more: neither lost nor given twice, whatever dies between.
//
//     failover begun ─▶ taken ─▶ on the cards ─▶ given up or back home ─▶ off the cards ─▶ free
//     test begun     ─▶ taken ─▶ on the double's cards ─▶ cleaned up ─▶ free
//
// A machine that comes home finds its cards as it left them: nothing is mapped there.
import Fabric
import Model

extension ReplicationEngine {
    /// What becomes of the replica's cards at a failover; nil where nothing is to be done. Their
    /// networks are those of `primary` when it answers, else the record knows them.
    package func passage(
        of protection: Protection, primary: VirtualMachine?, replica: VirtualMachine,
        sites: [Site]
    ) -> NetworkPassage? {
        guard protection.replica.site != protection.home,
            let source = sites.first(where: { $0.name == protection.primary.site }),
            let target = sites.first(where: { $0.name == protection.replica.site })
        else { return nil }
        let networks = primary?.networks(in: source) ?? protection.networks ?? [:]
        return NetworkPassage(of: replica, networks: networks, from: source, to: target)
    }

    /// The same, of what the record knows.
    func passage(
        of protection: Protection, _ replica: VirtualMachine
    ) async throws -> NetworkPassage? {
        // Most machines go where nothing is mapped: their sites need not be read.
        guard protection.networks?.isEmpty == false else { return nil }
        return passage(
            of: protection, primary: nil, replica: replica, sites: try await fabric.sites())
    }

    /// The record with the networks that the primary's cards are in now.
    func noting(
        networksOf primary: VirtualMachine?, in protection: Protection
    ) async throws -> Protection {
        guard let primary, !primary.nics.isEmpty else { return protection }
        let site = try await fabric.sites().first { $0.name == primary.id.site }
        var noted = protection
        noted.networks = site.map(primary.networks)
        return noted
    }

    /// What a failover that begins takes. Raises `fabric.switch_missing` for a card that is mapped
    /// to where it could not be connected.
    func taking(
        for protection: Protection, _ replica: VirtualMachine
    ) async throws -> [AddressMove] {
        guard let passage = try await passage(of: protection, replica) else { return [] }
        try passage.requireMapped(of: protection.vm)
        return passage.wishes.isEmpty ? [] : [.take(replica.id, passage.wishes)]
    }

    /// Puts the cards of the machine that takes over where they belong.
    func placing(
        _ protection: Protection
    ) async throws -> @Sendable (inout VirtualMachine) -> Void {
        let replica = try await fabric.machine(protection.replica)
        guard let passage = try await passage(of: protection, replica) else { return { _ in } }
        let given = try await ledger.addresses(of: replica.id)
        let own = try await machine(ifAnswering: protection.primary)
        return { passage.place(&$0, given: given, own: own) }
    }

    /// Takes back what a failover gave a machine that is a replica now, off its cards; what is to
    /// be written down for it. One that does not answer keeps it until the direction is turned.
    func leaving(_ id: MachineID, for home: MachineID) async throws -> [AddressMove] {
        let given = try await ledger.addresses(of: id)
        guard !given.isEmpty, try await machine(ifAnswering: id) != nil,
            let own = try await machine(ifAnswering: home)
        else { return [] }
        try await fabric.update(id) { $0.giveBack(given, own: own) }
        return [.release(id)]
    }

    /// What is to be written down for a machine that never took over, or is gone.
    func releasing(_ id: MachineID?) async throws -> [AddressMove] {
        guard let id, try await !ledger.addresses(of: id).isEmpty else { return [] }
        return [.release(id)]
    }

    /// What the double of a test takes, on the isolated network of that switch.
    func taking(
        forTest test: VirtualMachine, on switchName: String?, _ protection: Protection,
        _ replica: VirtualMachine
    ) async throws -> [AddressMove] {
        guard let switchName, let passage = try await passage(of: protection, replica),
            let site = try await fabric.sites().first(where: { $0.name == replica.id.site })
        else { return [] }
        try passage.requireMapped(of: protection.vm)
        let network = site.host(replica.host)?.switches.first { $0.name == switchName }?.network
        let wishes = passage.wishes(in: network.flatMap(site.network), at: site.name)
        return wishes.isEmpty ? [] : [.take(test.id, wishes)]
    }
}

extension NetworkPassage {
    fileprivate func requireMapped(of vm: String) throws(Failure) {
        guard mappedFaults.isEmpty else {
            throw Failure(
                .switchMissing, mappedFaults.joined(separator: "; ") + "; mend the mapping",
                context: ["vm": vm])
        }
    }
}
