// The lab folder: what outlives a process, what a crash leaves, and how the lab is furnished.
import Foundation
import Model
import Testing

@testable import Fabric

@Suite struct EmbeddedFabricTests {
    @Test func `a folder without a lab is refused`() async throws {
        let world = try await World()
        let error = #expect(throws: Failure.self) { try EmbeddedFabric(folder: world.folder) }
        #expect(error?.code == .labMissing)
    }

    @Test func `another process sees the same lab`() async throws {
        let world = try await World()
        let id = try await world.define(isRunning: true)
        let other = try EmbeddedFabric(folder: world.fabric.folder)
        #expect(try await other.machines(at: nil) == (try await world.fabric.machines(at: nil)))
        #expect(try await other.machine(id).power == .running)
    }

    @Test func `concurrent changes of one machine are all made`() async throws {
        let world = try await World()
        let id = try await world.define()
        try await withThrowingTaskGroup { group in
            for number in 0..<20 {
                group.addTask {
                    let fabric = try EmbeddedFabric(folder: world.fabric.folder)
                    try await fabric.update(id) { machine in
                        machine.epoch += 1
                        machine.tags.append("\(number)")
                    }
                }
            }
            try await group.waitForAll()
        }
        let machine = try await world.fabric.machine(id)
        #expect(machine.epoch == 20)
        #expect(Set(machine.tags).count == 20)
    }

    @Test func `one machine is changed while another is, a namesake and the lab are not`()
        async throws
    {
        let world = try await World()
        let lab = world.fabric.lab
        func isFree(_ bytes: Range<Int64>) throws -> Bool {
            try OpenFile("\(lab.path)/lab.lock", O_RDWR).tryLock(.exclusive, bytes)
        }
        let (web, other) = (LabFolder.byte(of: "web"), LabFolder.byte(of: "sql"))
        try lab.locked("web") { () throws in
            #expect(try isFree(other))
            #expect(try isFree(LabFolder.gate))
            #expect(try !isFree(web))
            #expect(try !isFree(LabFolder.everyName))
            try lab.locked("sql") { () throws in #expect(try !isFree(other)) }
        }
        try lab.locked { () throws in
            #expect(try !isFree(web))
            #expect(try !isFree(LabFolder.gate))
        }
        #expect(try isFree(LabFolder.gate))
        #expect(try isFree(LabFolder.everyName))
        // The next machine waits for whoever waits for the whole lab.
        let waiting = try OpenFile("\(lab.path)/lab.lock", O_RDWR)
        try waiting.lock(.exclusive, LabFolder.gate)
        async let start: Void = BlockingThreads(count: 1).run { try lab.locked("web") {} }
        #expect(try isFree(web))
        waiting.unlock(LabFolder.gate)
        try await start
    }

    @Test func `what a crash left of a machine is swept and never seen`() async throws {
        let world = try await World()
        let machines = world.fabric.lab.machinesPath("oslo")
        let rubbish = "\(machines)/.staged-1"
        try Folder.create(rubbish)
        _ = try OpenFile("\(rubbish)/disk0.raw", O_RDWR | O_CREAT)
        #expect(try await world.fabric.machines(at: "oslo").isEmpty)
        try await world.define()
        #expect(try Folder.everyName(in: machines) == ["web"])
    }

    @Test func `a folder in the making is not swept`() async throws {
        let world = try await World()
        let staged = try StagedFolder(in: world.fabric.lab.machinesPath("oslo"))
        try await world.define()
        #expect(Folder.exists(staged.path))
    }

    @Test func `a half made site is made again`() async throws {
        let world = try await World()
        try Folder.create(world.fabric.lab.machinesPath("trondheim"))
        #expect(try await world.fabric.sites().map(\.name) == ["bergen", "oslo"])
        try await world.fabric.createSite("trondheim")
        #expect(try await world.fabric.sites().map(\.name) == ["bergen", "oslo", "trondheim"])
    }

    @Test func `a damaged record is named`() async throws {
        let world = try await World()
        let id = try await world.define()
        let path = "\(try await world.fabric.folder(of: id))/machine.json"
        try Data("{\"machine\": ".utf8).write(to: URL(fileURLWithPath: path))
        let error = await #expect(throws: Failure.self) { _ = try await world.fabric.machine(id) }
        #expect(error?.code == .fileSystem)
        #expect(error?.message.contains(path) == true)
    }

    @Test(arguments: ["../web", "..", "", ".staged-1", "web/"])
    func `a name that would leave the lab is no machine`(name: String) async throws {
        let world = try await World()
        try await world.define()
        let id = MachineID(site: "oslo", name: name)
        #expect(await code { _ = try await world.fabric.machine(id) } == .unknownName)
        #expect(await code { try await world.fabric.remove(id) } == nil)
        #expect(await code { try await world.fabric.define(World.machine(id)) } == .usage)
        #expect(try await world.fabric.machines(at: nil).count == 1)
    }

    @Test func `a disk that is no whole number of sectors is refused`() async throws {
        let world = try await World()
        let machine = World.machine(sizes: [1000])
        #expect(await code { try await world.fabric.define(machine) } == .diskRefused)
    }

    @Test func `furnishing twice is furnishing once, and differently is refused`() async throws {
        let world = try await World()
        let fabric = world.fabric
        let before = try await fabric.sites()
        try await fabric.createSite("oslo")
        try await fabric.addHost("oslo-1", at: "oslo")
        try await fabric.addNetwork(Network(name: "tenants"), at: "oslo")
        let tenant = Switch(name: "tenant", network: "tenants")
        try await fabric.addSwitch(tenant, host: nil, at: "oslo")
        #expect(try await fabric.sites() == before)
        let isolated = Network(name: "tenants", isIsolated: true)
        #expect(await code { try await fabric.addNetwork(isolated, at: "oslo") } == .labExists)
        try await fabric.addNetwork(Network(name: "test", isIsolated: true), at: "oslo")
        let moved = Switch(name: "tenant", network: "test")
        #expect(
            await code { try await fabric.addSwitch(moved, host: nil, at: "oslo") } == .labExists)
        let lost = Switch(name: "new", network: "tenant")
        #expect(
            await code { try await fabric.addSwitch(lost, host: nil, at: "oslo") } == .unknownName)
    }

    @Test func `a switch is added to one host or to all`() async throws {
        let world = try await World()
        try await world.fabric.addHost("oslo-2", at: "oslo")
        let tenant = Switch(name: "tenant", network: "tenants")
        let backup = Switch(name: "backup", network: "tenants")
        try await world.fabric.addSwitch(tenant, host: nil, at: "oslo")
        try await world.fabric.addSwitch(backup, host: "oslo-2", at: "oslo")
        let hosts = try await world.fabric.sites()[1].hosts
        #expect(hosts.map { $0.switches.map(\.name) } == [["tenant"], ["tenant", "backup"]])
    }

    @Test func `R-3 a running machine moves to a host that has its switches, and takes its writes`()
        async throws
    {
        let world = try await World()
        let id = try await world.define(isRunning: true)
        let source = try await world.changes()
        try source.acknowledge(try source.cut(everything: true).token)
        try await world.fabric.addHost("oslo-2", at: "oslo")
        #expect(await code { try await world.fabric.move(id, to: "oslo-9") } == .unknownName)
        #expect(await code { try await world.fabric.move(id, to: "oslo-2") } == .switchMissing)
        let tenant = Switch(name: "tenant", network: "tenants")
        try await world.fabric.addSwitch(tenant, host: "oslo-2", at: "oslo")
        try await world.write(1, at: 0)
        for _ in 1...2 { try await world.fabric.move(id, to: "oslo-2") }
        try await world.write(2, at: 65_536)
        let machine = try await world.fabric.machine(id)
        #expect(machine.host == "oslo-2")
        #expect(machine.power == .running)
        #expect(try await world.changes().cut(everything: false).disks[0].extents == [0..<2])
    }

    @Test func `R-3 a trust group is a tag of a host, given and taken`() async throws {
        let world = try await World()
        for group in ["gold", nil] {
            try await world.fabric.setTrustGroup(group, host: "oslo-1", at: "oslo")
            #expect(try await world.fabric.sites()[1].hosts.map(\.trustGroup) == [group])
        }
        #expect(
            await code {
                try await world.fabric.setTrustGroup("gold", host: "oslo-9", at: "oslo")
            } == .unknownName)
        #expect(
            await code {
                try await world.fabric.setTrustGroup("*", host: "oslo-1", at: "oslo")
            } == .usage)
    }

    @Test func `work that blocks leaves other work running`() async throws {
        let threads = BlockingThreads(count: 2)
        let gate = DispatchSemaphore(value: 0)
        async let blocked: Void = threads.run { gate.wait() }
        try await threads.run { _ = gate.signal() }
        try await blocked
        #expect(await code { try await threads.run { throw Failure(.usage, "mine") } } == .usage)
    }
}
