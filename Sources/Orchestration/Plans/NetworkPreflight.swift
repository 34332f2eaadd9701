// The part of preflight that asks whether every card would find its network and its address (N-5).
// Pools are counted for all vms of the plan together: so many are missing.
import Fabric
import Model
import Replication
import Store

struct NetworkPreflight: Sendable {
    private let services: Services
    private let sight: FabricSight
    private let sites: [Site]
    private let isOriginThere: Bool
    private let isTest: Bool
    /// What the vms looked at so far want.
    private var wishes: [AddressWish] = []

    init(
        services: Services, sight: FabricSight, sites: [Site], isOriginThere: Bool,
        kind: FailoverKind
    ) {
        self.services = services
        self.sight = sight
        self.sites = sites
        self.isOriginThere = isOriginThere
        isTest = kind == .test
    }

    /// Why the cards of a replica, overridden as the plan says, would have no network. What they
    /// need is kept in mind.
    mutating func faults(
        of protection: Protection, _ replica: VirtualMachine, _ overrides: MachineOverrides?
    ) async throws -> [String] {
        let primary =
            isOriginThere ? try await sight.machine(protection.primary) : nil
        guard
            let passage = services.replication.passage(
                of: protection, primary: primary, replica: replica, sites: sites)
        else { return switchFaults(of: replica) }
        wishes +=
            isTest
            ? testWishes(of: passage, replica, isStanding: protection.test != nil)
            : try missing(passage.wishes, of: replica)
        return passage.mappedFaults + passage.unmappedFaults
            + overrideFaults(of: replica, overrides, besides: passage)
    }

    /// A mapped card is put on the switch that an override names all the same.
    private func overrideFaults(
        of replica: VirtualMachine, _ overrides: MachineOverrides?, besides passage: NetworkPassage
    ) -> [String] {
        guard let overrides, overrides.switchName != nil,
            passage.cards.contains(where: { $0.nic == overrides.nic })
        else { return [] }
        return switchFaults(of: replica)
    }

    /// Without any mapping: every card needs the switch that it names.
    private func switchFaults(of replica: VirtualMachine) -> [String] {
        guard let home = sites.first(where: { $0.name == replica.id.site }) else { return [] }
        return NetworkPassage(of: replica, networks: [:], from: home, to: home).unmappedFaults
    }

    /// A double without an isolated network has no link, and one that stands has its addresses.
    private func testWishes(
        of passage: NetworkPassage, _ replica: VirtualMachine, isStanding: Bool
    ) -> [AddressWish] {
        guard !isStanding, let site = sites.first(where: { $0.name == replica.id.site }) else {
            return []
        }
        let switches = site.host(replica.host)?.switches ?? []
        let isolated = switches.compactMap { site.network($0.network) }.first(where: \.isIsolated)
        return isolated == nil ? [] : passage.wishes(in: isolated, at: site.name)
    }

    /// What the machine has already is not wanted once more.
    private func missing(
        _ wishes: [AddressWish], of replica: VirtualMachine
    ) throws -> [AddressWish] {
        guard !wishes.isEmpty else { return [] }
        let given = try services.store.givenAddresses(of: replica.id)
        return wishes.filter { wish in
            !given.contains { $0.network == wish.network && $0.nic == wish.nic }
        }
    }

    /// The pools that are too small for all of it, and by how much.
    func shortages() throws -> [String] {
        guard !wishes.isEmpty else { return [] }
        let given = try services.store.givenAddresses()
        let groups = Dictionary(grouping: wishes, by: \.network).sorted { $0.key < $1.key }
        return groups.flatMap { network, wishes in
            let pool = wishes[0].pool
            return pool.families.compactMap { family in
                let used = given.count {
                    $0.network == network && $0.address.family == family
                        && pool.contains($0.address)
                }
                return shortage(of: network, family, wishes.count, used: used, pool.count(family))
            }
        }
    }

    private func shortage(
        of network: NetworkName, _ family: Address.Family, _ wanted: Int, used: Int, _ all: Int
    ) -> String? {
        let missing = wanted - (all - used)
        guard missing > 0 else { return nil }
        return "the pool of \(network) lacks \(missing) of \(wanted) addresses "
            + "(\(family.rawValue)): \(used) of \(all) are given out"
    }
}
