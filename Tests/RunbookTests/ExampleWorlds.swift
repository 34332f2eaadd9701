// Worlds in which the runbooks of replication have something to do: sites lost and found again,
// machines away from home, chains of three sites, hosts that are a cluster.
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import TestSupport

extension MachineID {
    static let oslo = MachineID(site: "oslo", name: "sql01")
    static let bergen = MachineID(site: "bergen", name: "sql01")
    static let tromso = MachineID(site: "tromso", name: "sql01")
}

extension World {
    static let chain = "sql01:extended"

    /// A world whose sql01 is replicated on from Bergen to Tromsø.
    static func chained() async throws -> World {
        let world = try await World()
        let replication = try world.engine().services.replication
        try await world.addTromso()
        _ = try await replication.extend("sql01", ProtectionOptions(target: "tromso"))
        _ = try await replication.firstCopy(chain)
        return world
    }

    /// Oslo was lost, sql01 runs in Bergen and has written there; Oslo is back.
    func bringAway() async throws {
        let services = try engine().services
        try await fabric.lose("oslo")
        _ = try await services.replication.failOver("sql01", FailoverRequest(.unplanned))
        try await fabric.start(.bergen)
        try await writeInGuest(of: .bergen)
        try await fabric.heal("oslo")
    }

    func writeInGuest(of id: MachineID) async throws {
        let image = try DiskImage(folder: try await fabric.folder(of: id), disk: "disk0")
        try Array("written away from home".utf8).withUnsafeBytes {
            try image.write(at: 65_536, $0)
        }
    }

    func bytes(_ id: MachineID) async throws -> Data {
        try Data(contentsOf: URL(filePath: try await fabric.imagePath(of: "disk0", machine: id)))
    }

    /// Oslo's host and two more become the cluster `compute`, reached as `oslo-compute`; one of the
    /// new ones has little memory.
    func clusterOslo() async throws {
        var oslo = try await fabric.site(named: "oslo")
        let first = oslo.hosts[0]
        for (name, memory) in [("oslo-host2", 64), ("oslo-host3", 1)] {
            oslo.hosts.append(
                Host(name: name, switches: first.switches, memory: ByteCount(memory << 30)))
        }
        oslo.clusters = [
            Cluster(name: "compute", hosts: oslo.hosts.map(\.name), accessName: "oslo-compute")
        ]
        try await fabric.furnish(oslo, given: [])
    }

    private func addTromso() async throws {
        try await fabric.createSite("tromso")
        try await fabric.addHost("tromso-host1", at: "tromso")
        try await fabric.addNetwork(Network(name: "tenant"), at: "tromso")
        try await fabric.addSwitch(
            Switch(name: "tenant", network: "tenant"), host: nil, at: "tromso")
    }
}
