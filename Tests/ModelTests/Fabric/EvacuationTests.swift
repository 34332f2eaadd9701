// Where the machines of a host go when it enters maintenance, and what keeps it from entering.
import Model
import Testing

@Suite struct EvacuationTests {
    private func host(_ name: String, gigabytes: Int? = nil, switches: [String] = ["lan"]) -> Host {
        Host(
            name: name, switches: switches.map { Switch(name: $0, network: $0) },
            memory: gigabytes.map { ByteCount($0 << 30) })
    }

    private func machine(
        _ name: String, on host: String, gigabytes: Int = 1, role: MachineRole = .production,
        power: PowerState = .running
    ) -> VirtualMachine {
        var machine = VirtualMachine(
            id: MachineID(site: "oslo", name: name), host: host,
            memory: ByteCount(gigabytes << 30),
            nics: [NetworkCard(name: "nic0", mac: "52:54:00:00:00:01", switchName: "lan")])
        machine.role = role
        machine.power = power
        return machine
    }

    private func oslo(_ hosts: Host..., clusters: [String]? = nil) -> Site {
        let names = clusters ?? hosts.map(\.name)
        return Site(
            name: "oslo", hosts: hosts, networks: [Network(name: "lan")],
            clusters: [Cluster(name: "compute", hosts: names, accessName: "oslo-compute")])
    }

    private func places(_ evacuation: Evacuation) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: evacuation.moves.map { ($0.machine.id.name, $0.host) })
    }

    @Test func `N-6: all that a host holds goes to its cluster, the large first, where room is`()
        throws
    {
        let site = oslo(
            host("a", gigabytes: 16), host("b", gigabytes: 8), host("c", gigabytes: 6))
        let evacuation = try Evacuation(
            of: site.hosts[0], at: site,
            machines: [
                machine("small", on: "a", role: .replica, power: .off),
                machine("large", on: "a", gigabytes: 6), machine("off", on: "a", power: .off),
                machine("other", on: "c", gigabytes: 2),
            ])
        #expect(evacuation.moves.map(\.machine.id.name) == ["large", "off", "small"])
        #expect(places(evacuation) == ["large": "b", "off": "c", "small": "c"])
    }

    @Test func `N-6: a cluster without room names what keeps each host from taking the machine`()
        throws
    {
        var closed = host("c")
        closed.maintenance = HostMaintenance(reason: "new disks")
        var trusted = host("d")
        trusted.trustGroup = "gold"
        let site = oslo(
            host("a"), host("b", gigabytes: 4), closed, trusted, host("e", switches: []))
        let failure = #expect(throws: Failure.self) {
            try Evacuation(
                of: site.hosts[0], at: site,
                machines: [
                    machine("sql", on: "a", gigabytes: 3), machine("web", on: "a", gigabytes: 2),
                ])
        }
        #expect(failure?.code == .capacityMissing)
        #expect(
            failure?.message.hasSuffix(
                "takes web with 2 GiB of memory: 'b' has 1 GiB free, 'c' is in maintenance, 'd' is "
                    + "of another trust group, 'e' has no switch 'lan'") == true)
    }

    @Test func `a host of no cluster keeps what is off, and must not hold what goes on`() throws {
        let site = oslo(host("a"), clusters: [])
        let off = machine("off", on: "a", power: .off)
        #expect(try Evacuation(of: site.hosts[0], at: site, machines: [off]).moves.isEmpty)
        for busy in [
            machine("web", on: "a"), machine("web", on: "a", role: .replica, power: .off),
        ] {
            let failure = #expect(throws: Failure.self) {
                try Evacuation(of: site.hosts[0], at: site, machines: [off, busy])
            }
            #expect(failure?.code == .inUse)
            #expect(failure?.message.contains("holds web;") == true)
        }
    }

    @Test func `N-6: never two hosts of a cluster are in maintenance`() throws {
        var site = oslo(host("a"), host("b"), host("c"), clusters: ["a", "b"])
        site.hosts[0].maintenance = HostMaintenance(reason: "new disks")
        let failure = #expect(throws: Failure.self) { try site.requireMayEnterMaintenance("b") }
        #expect(failure?.code == .clusterInMaintenance)
        #expect(
            failure?.message.contains("'a' of its cluster is in maintenance (new disks)") == true)
        try site.requireMayEnterMaintenance("a")
        try site.requireMayEnterMaintenance("c")
        #expect(throws: Failure.self) { try site.requireOpen("a") }
        try site.requireOpen("b")
    }

    @Test func `N-7: a cluster is reached by its name and by its access name`() {
        let site = oslo(host("a"), host("b"), host("c"), clusters: ["b", "a"])
        for name in ["compute", "oslo-compute"] {
            #expect(site.hosts(reachedBy: name)?.map(\.name) == ["b", "a"])
        }
        #expect(site.hosts(reachedBy: "a") == nil)
    }

    @Test func `a declaration says nothing of maintenance, which stays`() {
        var standing = oslo(host("a"), host("b"))
        standing.hosts[1].maintenance = HostMaintenance(reason: "new disks")
        let declared = oslo(host("a"), host("b"), host("c"))
        #expect(
            declared.keepingMaintenance(of: standing).hosts.map { $0.maintenance?.reason }
                == [nil, "new disks", nil])
    }
}
