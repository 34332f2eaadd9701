// F-6: a machine runs in production in one place only, whatever is cut, lost, healed, raised or
// started.
import Model
import Testing

@testable import Fabric

@Suite struct FencingTests {
    private func held(
        epoch: Int = 0, power: PowerState = .off, role: MachineRole = .production
    ) -> FencingView {
        var machine = World.machine(World.bergen, role: role)
        machine.epoch = epoch
        machine.power = power
        return .held(machine)
    }

    private func verdict(_ view: FencingView) async -> Failure.Code? {
        var machine = World.machine()
        machine.epoch = 1
        return await code { try Fencing.check(machine, others: [("bergen", view)]) }
    }

    @Test func `each view of the other site has its verdict`() async {
        #expect(await verdict(.silent) == .epochUnknown)
        #expect(await verdict(.powerless) == nil)
        #expect(await verdict(held(epoch: 1)) == nil)
        #expect(await verdict(held(epoch: 2)) == .epochOutdated)
        #expect(await verdict(held(power: .running)) == .runsElsewhere)
        #expect(await verdict(held(power: .running, role: .test)) == nil)
        #expect(await verdict(held(epoch: 2, role: .replica)) == .epochOutdated)
    }

    @Test func `a test machine is started without asking`() async throws {
        let world = try await World()
        try await world.define(World.bergen, isRunning: true)
        try await world.define(World.oslo, role: .test, isRunning: true)
    }

    @Test func `a site that is cut off stops a start, a lost one does not`() async throws {
        let world = try await World()
        try await world.define(World.bergen, isRunning: true)
        try await world.define(World.oslo, role: .replica)
        try await world.fabric.cut("bergen")
        try await world.fabric.update(World.oslo) {
            $0.role = .production
            $0.epoch = 1
        }
        #expect(await code { try await world.fabric.start(World.oslo) } == .epochUnknown)
        try await world.fabric.lose("bergen")
        try await world.fabric.start(World.oslo)
        try await world.fabric.heal("bergen")
        #expect(await code { try await world.fabric.start(World.bergen) } == .epochOutdated)
    }

    @Test func `every call for a site that is cut off says so`() async throws {
        let world = try await World()
        let id = try await world.define(isRunning: true)
        let fabric = world.fabric
        try await fabric.cut("oslo")
        #expect(try await fabric.unreachableSites() == ["oslo"])
        let calls: [() async throws -> Void] = [
            { _ = try await fabric.machines(at: "oslo") },
            { _ = try await fabric.machines(at: nil) },
            { _ = try await fabric.machine(id) },
            { try await fabric.define(World.machine()) },
            { try await fabric.remove(id) },
            { try await fabric.update(id) { $0.epoch = 1 } },
            { try await fabric.start(id) },
            { try await fabric.stop(id) },
            { try await fabric.connect("nic0", of: id, to: nil) },
            { try await fabric.setFailoverAddress(nil, nic: "nic0", of: id) },
            { try await fabric.setGuestAddress(nil, nic: "nic0", of: id) },
            { _ = try await fabric.changeSource(of: id) },
            { _ = try await fabric.imagePath(of: "disk0", machine: id) },
            { _ = try await fabric.importMachine(World.machine(), disks: []) },
            { try await fabric.addHost("oslo-2", at: "oslo") },
        ]
        for call in calls { #expect(await code(call) == .siteUnreachable) }
        try await fabric.heal("oslo")
        #expect(try await fabric.machine(id).power == .running)
    }

    /// 8 walks over three sites, more than 1,000 cuts and heals among them.
    @Test(arguments: 0..<8) func `no walk of events runs a machine twice`(seed: UInt64)
        async throws
    {
        let world = try await World()
        try await world.fabric.createSite("trondheim")
        try await world.fabric.addHost("trondheim-1", at: "trondheim")
        try await world.fabric.addNetwork(Network(name: "tenants"), at: "trondheim")
        try await world.fabric.addSwitch(
            Switch(name: "tenant", network: "tenants"), host: nil, at: "trondheim")
        let sites = ["oslo", "bergen", "trondheim"]
        for site in sites { try await world.define(MachineID(site: site, name: "web")) }
        var numbers = SeededGenerator(seed: seed)
        var partitions = 0
        var starts = 0
        while partitions < 130 {
            let id = MachineID(site: sites.randomElement(using: &numbers)!, name: "web")
            let event = Event.drawn.randomElement(using: &numbers)!
            let failure = await code { try await event.happen(to: id, in: world.fabric) }
            if event.isPartition { partitions += 1 }
            if event == .start, failure == nil { starts += 1 }
            let running = try sites.filter { site in
                let other = MachineID(site: site, name: "web")
                let machine = try #require(try world.fabric.lab.record(ifAny: other)).machine
                return machine.power == .running && machine.role == .production
            }
            #expect(running.count <= 1, "seed \(seed): after \(event) of \(id): \(running)")
        }
        #expect(starts > 3, "seed \(seed): the walk never got anywhere")
    }
}

/// What happens in a walk.
private enum Event {
    case cut, heal, lose, start, stop, raise, promote, demote

    /// As often as makes sites answer most of the time, and machines start now and then.
    static let drawn: [Event] = [
        .cut, .lose, .heal, .heal, .heal, .start, .start, .start, .start, .stop, .raise, .promote,
        .promote, .demote,
    ]

    var isPartition: Bool { [.cut, .heal, .lose].contains(self) }

    func happen(to id: MachineID, in fabric: EmbeddedFabric) async throws {
        switch self {
        case .cut: try await fabric.cut(id.site)
        case .heal: try await fabric.heal(id.site)
        case .lose: try await fabric.lose(id.site)
        case .start: try await fabric.start(id)
        case .stop: try await fabric.stop(id)
        case .raise: try await fabric.update(id) { $0.epoch += 1 }
        case .promote: try await fabric.update(id) { $0.role = .production }
        case .demote: try await fabric.update(id) { $0.role = .replica }
        }
    }
}
