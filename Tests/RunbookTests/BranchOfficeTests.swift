// Several branch offices and one head office: each branch's plan is of one source, goes over by
// itself or beside the others, and no address of the head office is given twice.
import Fabric
import Model
import Orchestration
import Replication
import TestSupport
import Testing

extension World {
    /// Oslo is a branch of Bergen: these machines and their replicas bear its tag, and its network is mapped to
    /// Bergen's, whose pool has room for a few.
    func openBranch(_ site: String, vms: [String]) async throws {
        try await change("bergen") { head in
            head.networks[0].pool = AddressPool([try AddressRange(text: "10.2.0.10-10.2.0.15")])
        }
        try await change(site) { branch in
            branch.mappings = [
                NetworkMapping(
                    network: "tenant", target: NetworkName(site: "bergen", network: "tenant"),
                    addresses: .pool)
            ]
        }
        for vm in vms {
            let tags = ["branch-\(site)"] + (vm.hasPrefix("sql") ? ["data"] : [])
            for place in [site, "bergen"] {
                try await fabric.update(MachineID(site: place, name: vm)) { $0.tags = tags }
            }
        }
    }

    /// A second branch, in Tromsø, with two machines that run and are protected in Bergen.
    func openTromso() async throws {
        try await fabric.createSite("tromso")
        try await fabric.addHost("tromso-host1", at: "tromso")
        try await fabric.addNetwork(Network(name: "tenant"), at: "tromso")
        try await fabric.addSwitch(
            Switch(name: "tenant", network: "tenant"), host: nil, at: "tromso")
        let replication = try engine().services.replication
        for (number, name) in ["sql11", "wap11"].enumerated() {
            let id = MachineID(site: "tromso", name: name)
            let card = NetworkCard(
                name: "nic0", mac: "02:00:00:00:01:0\(number)", switchName: "tenant",
                address: "10.9.0.\(11 + number)")
            try await fabric.define(
                VirtualMachine(
                    id: id, host: "tromso-host1",
                    disks: [Disk(name: "disk0", size: ByteCount(65_536))], nics: [card]))
            _ = try await replication.protect(id, ProtectionOptions(target: "bergen"))
            _ = try await replication.firstCopy(name)
            try await fabric.start(id)
        }
        try await openBranch("tromso", vms: ["sql11", "wap11"])
    }
}

@Suite struct BranchOfficeTests {
    private static let tromso = """
        return require("office").plan { branch = "tromso", head = "bergen", tag = "branch-tromso" }
        """

    private func world() async throws -> World {
        let world = try await World(runbooks: ["branch-tromso.lua": Self.tromso])
        try await world.openBranch("oslo", vms: ["sql01", "wap01"])
        try await world.openTromso()
        return world
    }

    private func sites(of vms: [String], _ world: World) async throws -> [String] {
        let production = try await world.fabric.reachableMachines()
            .filter { $0.role == .production }
        return vms.map { name in production.first { $0.id.name == name }?.id.site ?? "?" }
    }

    @Test func `N-2: two branches go to one head office from one source, and come home`()
        async throws
    {
        let world = try await world()
        for name in ["branch-to-head-office", "branch-tromso"] {
            let record = try await world.run(world.request(name, kind: .planned))
            #expect(record.state == .completed, "\(record.failure.map(\.description) ?? "")")
        }
        let vms = ["sql01", "wap01", "sql11", "wap11"]
        #expect(try await sites(of: vms, world) == Array(repeating: "bergen", count: 4))
        #expect(
            try world.given() == [
                "10.2.0.10 bergen/sql01", "10.2.0.11 bergen/wap01", "10.2.0.12 bergen/sql11",
                "10.2.0.13 bergen/wap11",
            ])
        #expect(try await sites(of: ["sql02"], world) == ["oslo"], "it is of no branch")
        for name in ["branch-tromso", "branch-to-head-office"] {
            let record = try await world.run(world.request(name, kind: .failback))
            #expect(record.state == .completed, "\(record.failure.map(\.description) ?? "")")
        }
        #expect(try await sites(of: vms, world) == ["oslo", "oslo", "tromso", "tromso"])
        #expect(try world.given().isEmpty)
    }

    @Test func `N-2: what keeps data is up before what uses it, and goes down after it`()
        async throws
    {
        let world = try await world()
        let record = try await world.run(world.request("branch-tromso", kind: .planned))
        let stages = try world.report(record.id).stages.map(\.id)
        #expect(
            stages == [
                "preflight", "shutdown/applications", "shutdown/data", "groups/data",
                "groups/applications", "after",
            ])
    }

    @Test func `N-2: a lost branch goes over while the other stays and serves`() async throws {
        let world = try await world()
        try await world.fabric.lose("tromso")
        let record = try await world.run(world.request("branch-tromso", kind: .unplanned))
        #expect(record.state == .completed, "\(record.failure.map(\.description) ?? "")")
        #expect(try await sites(of: ["sql11", "sql01"], world) == ["bergen", "oslo"])
        #expect(try world.given().count == 2)
    }

    @Test func `N-3: a head office without addresses for a whole branch takes none of it`()
        async throws
    {
        let world = try await world()
        try await world.change("bergen") { head in
            head.networks[0].pool = AddressPool([try AddressRange(text: "10.2.0.10-10.2.0.12")])
        }
        try await world.run(world.request("branch-to-head-office", kind: .planned))
        let record = try await world.run(world.request("branch-tromso", kind: .planned))
        #expect(record.failure?.code == .preflightFailed)
        #expect(record.failure?.message.contains("lacks 1 of 2 addresses") == true)
        #expect(try await sites(of: ["sql11"], world) == ["tromso"])
    }

    @Test func `a drill of a branch leaves the head office as it was`() async throws {
        let world = try await world()
        let before = try await world.fabric.machines(at: nil)
        let record = try await world.run(world.request("branch-to-head-office", kind: .test))
        #expect(record.state == .completed, "\(record.failure.map(\.description) ?? "")")
        #expect(try await world.fabric.machines(at: nil) == before)
        #expect(try world.given().isEmpty)
    }
}
