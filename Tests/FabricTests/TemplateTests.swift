// Templates: kept whole or not at all; what is made from one is made once, where there is room.
import Foundation
import Model
import Testing

@testable import Fabric

@Suite struct TemplateTests {
    private static let content = [UInt8](repeating: 9, count: 65_536 + 512)

    private func keep(
        _ name: String = "golden", in world: World, memory: Int = 1 << 30,
        switches: [String] = ["tenant"]
    ) async throws {
        let image = try world.file("\(name).img", Self.content)
        try await world.fabric.addTemplate(
            MachineTemplate(
                site: "oslo", name: name, processors: 2, memory: ByteCount(memory),
                switches: switches, tags: ["web"]),
            disks: [.image(path: image), .empty(size: ByteCount(1 << 20))])
    }

    private func deployment(
        _ name: String = "new", of template: String = "golden", on host: String? = nil,
        operation: String = "1//1"
    ) -> Deployment {
        Deployment(
            of: template, as: MachineID(site: "oslo", name: name), on: host, for: "contoso",
            operation: operation)
    }

    @Test func `S-3: what is made from a template has its shape and its bytes`() async throws {
        let world = try await World()
        try await keep(in: world)
        let made = try await world.fabric.deploy(deployment())
        #expect(made.processors == 2 && made.tags == ["web"] && made.subscription == "contoso")
        #expect(made.power == .off && made.role == .production && made.host == "oslo-1")
        #expect(made.nics.map(\.switchName) == ["tenant"])
        #expect(made.disks.map(\.size.bytes) == [65_536 + 512, 1 << 20])
        #expect(try await world.imageBytes("disk0", of: made.id) == Self.content)
        #expect(try await world.imageBytes("disk1", of: made.id).allSatisfy { $0 == 0 })
        let other = try await world.fabric.deploy(deployment("other", operation: "1//2"))
        #expect(other.nics[0].mac != made.nics[0].mac)
        try await world.fabric.start(made.id)
    }

    @Test func `S-3: a template is kept once, listed, and removed without its machines`()
        async throws
    {
        let world = try await World()
        #expect(try await world.fabric.templates(at: "oslo").isEmpty)
        try await keep(in: world)
        try await keep("another", in: world)
        #expect(try await world.fabric.templates(at: "oslo").map(\.name) == ["another", "golden"])
        #expect(try await world.fabric.templates(at: "bergen").isEmpty)
        #expect(await code { try await keep(in: world) } == .templateExists)
        let made = try await world.fabric.deploy(deployment())
        for _ in 1...2 { try await world.fabric.removeTemplate("golden", at: "oslo") }
        #expect(try await world.fabric.templates(at: "oslo").map(\.name) == ["another"])
        #expect(try await world.imageBytes("disk0", of: made.id) == Self.content)
        #expect(await code { try await keep("../machines", in: world) } == .usage)
    }

    @Test func `S-3: what cannot be a template leaves nothing`() async throws {
        let world = try await World()
        let fabric = world.fabric
        let plain = MachineTemplate(site: "oslo", name: "golden")
        let faults: [(MachineTemplate, [ImportedDisk], Failure.Code)] = [
            (plain, [.image(path: "\(world.folder)/missing")], .diskRefused),
            (plain, [.empty(size: ByteCount(513))], .diskRefused),
            (plain, [.declared(.shared, size: ByteCount(512))], .diskRefused),
            (
                MachineTemplate(site: "oslo", name: "golden", switches: ["tennat"]), [],
                .switchMissing
            ),
            (MachineTemplate(site: "olso", name: "golden"), [], .unknownName),
        ]
        for (template, disks, expected) in faults {
            #expect(
                await code { try await fabric.addTemplate(template, disks: disks) } == expected)
        }
        #expect(try await fabric.templates(at: "oslo").isEmpty)
        #expect(!Folder.exists(fabric.lab.templatesPath("oslo")))
    }

    @Test func `S-3: a machine goes to the first host with its switches and room for it`()
        async throws
    {
        let world = try await World()
        let fabric = world.fabric
        try await fabric.addHost("oslo-2", at: "oslo")
        try await keep(in: world)
        try await fabric.setMemory(ByteCount(2 << 30), host: "oslo-1", at: "oslo")
        let hosts = try await [
            fabric.deploy(deployment("a", operation: "1")).host,
            fabric.deploy(deployment("b", operation: "2")).host,
        ]
        #expect(hosts == ["oslo-1", "oslo-1"])
        // The second host has no such switch, so the first one's room is all there is.
        let failure = await #expect(throws: Failure.self) {
            try await fabric.deploy(deployment("c", operation: "3"))
        }
        #expect(failure?.code == .capacityMissing)
        #expect(failure?.message.contains("oslo-1 has 0 B free") == true)
        try await fabric.addSwitch(
            Switch(name: "tenant", network: "tenants"), host: "oslo-2", at: "oslo")
        #expect(try await fabric.deploy(deployment("c", operation: "3")).host == "oslo-2")
        #expect(
            await code { try await fabric.deploy(deployment("d", on: "oslo-1", operation: "4")) }
                == .capacityMissing)
        #expect(
            await code { try await fabric.deploy(deployment("d", on: "oslo-9", operation: "4")) }
                == .unknownName)
    }

    @Test func `S-3: without its switch on any host, or a host, nothing is made`() async throws {
        let world = try await World()
        let fabric = world.fabric
        try await keep(in: world)
        try await fabric.removeSwitch("tenant", host: nil, at: "oslo")
        #expect(await code { try await fabric.deploy(deployment()) } == .switchMissing)
        #expect(
            await code { try await fabric.deploy(deployment(on: "oslo-1")) } == .switchMissing)
        try await fabric.createSite("tromso")
        try await fabric.addTemplate(
            MachineTemplate(site: "tromso", name: "small"), disks: [.empty(size: ByteCount(512))])
        let nowhere = Deployment(
            of: "small", as: MachineID(site: "tromso", name: "new"), operation: "1")
        #expect(await code { try await fabric.deploy(nowhere) } == .capacityMissing)
        try await fabric.cut("oslo")
        #expect(await code { try await fabric.deploy(deployment()) } == .siteUnreachable)
        #expect(await code { _ = try await fabric.templates(at: "oslo") } == .siteUnreachable)
    }

    @Test func `S-3: whose reply was lost finds its own machine, another finds it taken`()
        async throws
    {
        let world = try await World()
        try await keep(in: world)
        let faulty = FaultyFabric(world.fabric, plan: FaultPlan([.init(.after, .deploy)]))
        #expect(await code { try await faulty.deploy(deployment()) } == .rehearsed)
        let made = try await faulty.deploy(deployment())
        #expect(made == (try await world.fabric.machine(made.id)))
        #expect(
            await code { try await faulty.deploy(deployment(operation: "2//1")) } == .machineExists)
        #expect(faulty.log.writes.map(\.call) == [.deploy, .deploy, .deploy])
        #expect(faulty.log.writes[0].description == "deploy oslo/new of golden: done, reply lost")
    }

    @Test func `S-3: the same deployment side by side makes one machine`() async throws {
        let world = try await World()
        try await keep(in: world)
        let made = try await withThrowingTaskGroup(of: VirtualMachine.self) { group in
            for _ in 1...8 { group.addTask { try await world.fabric.deploy(deployment()) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(made).count == 1)
        #expect(try await world.fabric.machines(at: "oslo").map(\.id.name) == ["new"])
        #expect(
            try Folder.everyName(in: world.fabric.lab.machinesPath("oslo")) == ["new"])
    }
}
