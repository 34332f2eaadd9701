// Who may send replicas to whom, where they land, in which version, and from which hosts.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct AcceptanceTests {
    private static func policy(
        oslo: ReplicaServer = ReplicaServer(), bergen: ReplicaServer = ReplicaServer()
    ) -> ReplicationPolicy {
        ReplicationPolicy(servers: ["oslo": oslo, "bergen": bergen])
    }

    private static func peers(_ rules: [(String, String)]) throws -> ReplicaServer {
        ReplicaServer(accepts: .peers(try rules.map { try AcceptedPeer(name: $0, place: $1) }))
    }

    /// A machine of another site, with a disk of its own, protected towards bergen.
    private func protect(
        _ name: String, at site: String, in world: World
    ) async throws -> Protection {
        if site != "oslo" {
            try await world.fabric.createSite(site)
            try await world.fabric.addHost("\(site)-host", at: site)
        }
        let id = MachineID(site: site, name: name)
        let image = try await world.fabric.imagePath(of: "disk0", machine: World.oslo)
        try await world.fabric.importMachine(
            VirtualMachine(id: id, host: "\(site)-host"), disks: [.image(path: image)])
        return try await world.engine.protect(id, ProtectionOptions(target: "bergen"))
    }

    @Test func `R-1 two listed primaries land in two folders, an unlisted one is refused`()
        async throws
    {
        let bergen = try Self.peers([("oslo", "from-oslo"), ("*.a.net", "from-a")])
        let world = try await World(policy: Self.policy(bergen: bergen))
        _ = try await protect("sql", at: "oslo", in: world)
        _ = try await protect("mail", at: "north.a.net", in: world)
        for (name, place) in [("sql", "from-oslo"), ("mail", "from-a")] {
            _ = try await world.engine.firstCopy(name)
            let folder = "\(world.folder)/sites/bergen/replication/@\(place)/\(name)"
            #expect(try HostFiles().names(in: "\(folder)/hashes") == ["disk0.hashes"])
            #expect(
                try await world.areEqual(
                    World.oslo, MachineID(site: "bergen", name: name)))
        }
        #expect(
            try HostFiles().names(in: "\(world.folder)/sites/bergen/replication")
                == ["@from-a", "@from-oslo"])
        await #expect(
            code { _ = try await protect("dns", at: "south.b.net", in: world) }
                == .primaryRefused)
        #expect(try await world.engine.state(of: "dns") == .disabled)
        #expect(try await world.fabric.machines(at: "bergen").map(\.id.name) == ["mail", "sql"])
    }

    @Test func `R-1 a primary that is struck from the list is refused from the next cycle on`()
        async throws
    {
        let world = try await World.replicating()
        try await world.write([1], at: 0)
        let strict = ReplicationEngine(
            fabric: world.fabric, ledger: world.ledger, clock: world.clock, lab: world.folder,
            policy: Self.policy(bergen: try Self.peers([("north.a.net", "a")])))
        await #expect(code { _ = try await strict.sync("web") } == .primaryRefused)
        #expect(try await world.engine.state(of: "web") == .error)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
    }

    @Test func `R-4 without acceptance at home a reversal is refused before anything is shut down`()
        async throws
    {
        let world = try await World.replicating(
            policy: Self.policy(oslo: ReplicaServer(accepts: .nothing)))
        await #expect(
            code { try await world.engine.checkReversal("web") } == .reversalImpossible)
        await #expect(
            code { _ = try await world.engine.prepare("web", reverses: true) }
                == .reversalImpossible)
        #expect(try await world.fabric.machine(World.oslo).power == .running)
        #expect(try await world.engine.state(of: "web") == .replicating)
        // Without a reversal the failover is possible, and the reversal stays refused.
        try await world.failOverPlanned()
        await #expect(
            code { _ = try await world.engine.reverse("web") } == .reversalImpossible)
        #expect(try await world.engine.state(of: "web") == .failedOverWaitingCompletion)
    }

    @Test func `R-4 where both accept a reversal lands in the place of the peer`() async throws {
        let world = try await World.replicating(
            policy: Self.policy(oslo: try Self.peers([("bergen", "west")])))
        try await world.engine.checkReversal("web")
        try await world.failOverPlanned()
        _ = try await world.engine.reverse("web")
        try await world.fabric.start(World.bergen)
        try await world.write([1, 2], at: 70_000, on: World.bergen)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        let place = "\(world.folder)/sites/oslo/replication/@west/web"
        #expect(try HostFiles().names(in: place).contains("inbox"))
    }

    @Test func `R-5 a newer replica takes logs in the version of an older primary`() async throws {
        let world = try await World(policy: Self.policy(oslo: ReplicaServer(version: 1)))
        let inbox = SnoopingTransport(lab: world.folder)
        let engine = ReplicationEngine(
            fabric: world.fabric, ledger: world.ledger, clock: world.clock, lab: world.folder,
            transport: inbox, policy: Self.policy(oslo: ReplicaServer(version: 1)))
        let protection = try await engine.protect(World.oslo, ProtectionOptions(target: "bergen"))
        #expect(protection.agreement.version == 1)
        _ = try await engine.firstCopy("web")
        #expect(inbox.versions == [1])
        #expect(try await world.areEqual())
        // Turned round, the newer one would send to the older.
        await #expect(code { try await engine.checkReversal("web") } == .reversalImpossible)
    }

    @Test func `R-5 a newer primary is refused by an older replica, with a sentence`() async throws
    {
        let world = try await World(policy: Self.policy(bergen: ReplicaServer(version: 1)))
        let failure = await #expect(throws: Failure.self) { try await world.protect() }
        #expect(failure?.code == .versionRefused)
        #expect(failure?.message.contains("the site that receives is upgraded first") == true)
        #expect(try await world.fabric.machines(at: "bergen").isEmpty)
    }

    @Test func `R-3 within its trust group a machine moves and goes on replicating, else not`()
        async throws
    {
        let world = try await World()
        for (host, group) in [("oslo-2", "gold"), ("oslo-3", "silver")] {
            try await world.fabric.addHost(host, at: "oslo")
            for name in ["tenant", "lab"] {
                try await world.fabric.addSwitch(
                    Switch(name: name, network: name), host: host, at: "oslo")
            }
            try await world.fabric.setTrustGroup(group, host: host, at: "oslo")
        }
        try await world.fabric.setTrustGroup("gold", host: "oslo-host", at: "oslo")
        try await world.protect()
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        try await world.write([1], at: 0)
        try await world.fabric.move(World.oslo, to: "oslo-2")
        #expect(try await world.fabric.machine(World.oslo).power == .running)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        try await world.write([2], at: 0)
        try await world.fabric.move(World.oslo, to: "oslo-3")
        await #expect(code { _ = try await world.engine.sync("web") } == .trustRefused)
        #expect(try await world.engine.state(of: "web") == .error)
        try await world.fabric.setTrustGroup("gold", host: "oslo-3", at: "oslo")
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        try await world.fabric.setTrustGroup(nil, host: "oslo-3", at: "oslo")
        await #expect(code { _ = try await world.engine.sync("web") } == .trustRefused)
    }
}

/// Carries as the local transport does, and looks at the version of every log.
private final class SnoopingTransport: Transport {
    private let local: LocalTransport
    private let seen = Locked<[Int]>([])
    let reachesImages = false

    init(lab: String) {
        local = LocalTransport(layout: LabLayout(lab: lab), files: HostFiles())
    }

    var versions: [Int] { seen.withLock { $0 } }

    func offer(_ shipment: Shipment, file: String?, anew: Bool) async throws -> ShipmentAnswer {
        let log = try ReplicationLog(try #require(file), files: HostFiles())
        seen.withLock { $0.append(log.header.version) }
        return try await local.offer(shipment, file: file, anew: anew)
    }

    func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        try await local.send(piece, at: offset, of: shipment)
    }

    func finish(_ shipment: Shipment, hash: BlockHash) async throws {
        try await local.finish(shipment, hash: hash)
    }
}
