// What changes from one site to another, what is in use of it, and where cards pass to.
import Foundation
import Model
import Testing

@Suite struct SiteTests {
    static func site(
        _ name: String = "bergen", pool: String = "10.2.0.10-10.2.0.12"
    ) throws -> Site {
        Site(
            name: name,
            hosts: [
                Host(
                    name: "\(name)-1",
                    switches: [
                        Switch(name: "tenant", network: "tenant"),
                        Switch(name: "lab", network: "isolated"),
                    ], memory: ByteCount(1 << 30))
            ],
            networks: [
                Network(name: "tenant", pool: AddressPool([try AddressRange(text: pool)])),
                Network(name: "isolated", isIsolated: true),
            ])
    }

    static func replica(_ switchName: String? = "tenant") -> VirtualMachine {
        VirtualMachine(
            id: MachineID(site: "bergen", name: "web"), host: "bergen-1",
            nics: [NetworkCard(name: "nic0", mac: "02:00:00:00:00:01", switchName: switchName)],
            role: .replica)
    }

    @Test func `N-1: a difference tells every part that comes, changes and goes`() throws {
        let standing = try Self.site()
        var declared = standing
        declared.hostGroups = ["production"]
        declared.hosts[0].memory = ByteCount(2 << 30)
        declared.hosts[0].switches.removeLast()
        let list = SiteDifference.list(from: standing, to: declared)
        #expect(list.map(\.kind) == [.changed, .added, .removed])
        #expect(
            list.map(\.part) == [
                "host bergen-1", "host group production", "switch lab of bergen-1",
            ])
        #expect(list[0].was == "memory 1 GiB")
        #expect(SiteDifference.list(from: standing, to: standing).isEmpty)
        #expect(SiteDifference.list(from: nil, to: standing).contains { $0.part == "site bergen" })
    }

    @Test func `N-1: a site that was kept before these parts were is read`() throws {
        let old = #"{"name":"oslo","hosts":[],"networks":[{"name":"tenant","isIsolated":false}]}"#
        let site = try JSONDecoder().decode(Site.self, from: Data(old.utf8))
        #expect(site.networks == [Network(name: "tenant")])
        #expect(try JSONDecoder().decode(Site.self, from: try JSONEncoder().encode(site)) == site)
    }

    @Test func `N-1: what is in use is named, by whom`() throws {
        let standing = try Self.site()
        var machine = Self.replica()
        machine.id.name = "web"
        let given = GivenAddress(
            try Address(text: "10.2.0.12"), of: NetworkName(site: "bergen", network: "tenant"),
            to: machine.id, nic: "nic0")
        var declared = try Self.site(pool: "10.2.0.10-10.2.0.11")
        declared.hosts[0].switches.removeFirst()
        let use = SiteUse(of: standing, becoming: declared)
        let failure = #expect(throws: Failure.self) {
            try use.check(machines: [machine], addresses: [given])
        }
        #expect(failure?.code == .inUse)
        #expect(failure?.message.contains("the switch tenant of bergen-1 has nic0 of") == true)
        #expect(failure?.message.contains("10.2.0.12 of the network tenant is given to") == true)
        declared.hosts = []
        #expect(
            SiteUse(of: standing, becoming: declared).faults(machines: [machine], addresses: [])
                == ["the host bergen-1 holds bergen/web"])
        var opened = standing
        opened.networks[1].isIsolated = false
        machine.nics[0].switchName = "lab"
        #expect(
            SiteUse(of: standing, becoming: opened).faults(machines: [machine], addresses: [])
                .count == 1)
        let same = SiteUse(of: standing, becoming: standing)
        #expect(same.faults(machines: [machine], addresses: [given]).isEmpty)
    }

    private func passage(
        _ networks: [String: String], _ addresses: NetworkMapping.Addresses? = nil,
        replica: VirtualMachine = SiteTests.replica(nil), to network: String = "tenant"
    ) throws -> NetworkPassage {
        var source = try Self.site("oslo")
        source.networks.append(Network(name: "backup"))
        source.mappings =
            addresses.map {
                [
                    NetworkMapping(
                        network: "tenant", target: NetworkName(site: "bergen", network: network),
                        addresses: $0)
                ]
            } ?? []
        return NetworkPassage(of: replica, networks: networks, from: source, to: try Self.site())
    }

    @Test func `N-3: a mapped card is wished an address of the pool, or keeps its own`() throws {
        let pool = try passage(["nic0": "tenant"], .pool)
        #expect(pool.cards.map(\.switchName) == ["tenant"])
        #expect(pool.wishes.map(\.nic) == ["nic0"])
        let keep = try passage(["nic0": "tenant"], .keep)
        #expect(keep.cards.count == 1)
        #expect(keep.wishes.isEmpty)
        var chosen = Self.replica(nil)
        chosen.nics[0].failoverAddress = FailoverAddress("10.9.0.1")
        #expect(try passage(["nic0": "tenant"], .pool, replica: chosen).wishes.isEmpty)
        chosen.nics[0].failoverAddress = FailoverAddress(nil)
        #expect(try passage(["nic0": "tenant"], .pool, replica: chosen).wishes.count == 1)
    }

    @Test func `N-3: a card that is mapped to nowhere is named`() throws {
        #expect(
            try passage(["nic0": "tenant"], .pool, to: "nowhere").mappedFaults
                == [
                    "nic0 of bergen/web is mapped from tenant to bergen:nowhere, which is not there"
                ])
        #expect(try passage(["nic0": "tenant"], .pool, to: "isolated").mappedFaults.count == 1)
        #expect(try passage(["nic0": "tenant"], .keep, to: "isolated").mappedFaults.isEmpty)
    }

    @Test func `N-5: a network that the target does not have, or that is not mapped, is named`()
        throws
    {
        let alone = try passage(["nic0": "backup"]).unmappedFaults
        #expect(alone.count == 1)
        #expect(alone.first?.contains("'backup', which bergen does not have") == true)
        #expect(try passage(["nic0": "tenant"]).unmappedFaults.isEmpty)
        let unmapped = try passage(["nic0": "isolated"], .pool).unmappedFaults
        #expect(unmapped.first?.contains("which is not mapped") == true)
        let connected = try passage(["nic0": "backup"], .pool, replica: Self.replica())
        #expect(connected.unmappedFaults.isEmpty)
        let lost = try passage([:], replica: Self.replica("gone")).unmappedFaults
        #expect(lost.first?.contains("wants the switch 'gone'") == true)
    }
}
