// The management stamp as a run over the fabric: over and home with mapped addresses, rehearsed,
// and refused while nothing has happened. Through the command it is run by StampTests.
import Fabric
import Model
import Orchestration
import Replication
import TestSupport
import Testing

@Suite struct ManagementStampTests {
    @discardableResult
    private func run(_ kind: FailoverKind, in world: World) async throws -> RunRecord {
        let request = world.request("management-stamp", kind: kind, reason: "a drill")
        let record = try await world.run(request)
        let why = record.failure.map(\.description) ?? ""
        #expect(record.state == .completed, "\(kind.rawValue): \(why)")
        return record
    }

    private func addresses(at site: String, in world: World) async throws -> [String?] {
        try await world.fabric.machines(at: site).sorted { $0.id.name < $1.id.name }
            .filter { $0.role == .production }.map { $0.nics[0].address }
    }

    private let own = (11...15).map { "10.0.0.\($0)" }

    @Test func `N-3: the stamp has mapped addresses in Bergen, and none of them at home`()
        async throws
    {
        let world = try await World()
        try await world.map("10.2.0.10-10.2.0.14")
        let over = try await run(.planned, in: world)
        let pool = Set((10...14).map { "10.2.0.\($0)" })
        #expect(try await Set(addresses(at: "bergen", in: world).compactMap(\.self)) == pool)
        let called = Set(try world.report(over.id).acts.map(\.place.branch.path))
        #expect(called.isSuperset(of: ["after/1", "after/2", "after/3"]))
        #expect(!called.contains("after/4"), "no double is looked for")
        try await run(.failback, in: world)
        #expect(try await addresses(at: "oslo", in: world) == own)
        #expect(try world.given().isEmpty)
    }

    @Test(arguments: [false, true])
    func `F-3: the stamp comes up without Oslo, with addresses mapped or kept`(
        isMapped: Bool
    ) async throws {
        let world = try await World()
        if isMapped { try await world.map("10.2.0.10-10.2.0.14") }
        try await world.fabric.lose("oslo")
        try await run(.unplanned, in: world)
        let there = try await addresses(at: "bergen", in: world)
        #expect(there.count == 5)
        #expect(there.allSatisfy { $0?.hasPrefix(isMapped ? "10.2.0." : "10.0.0.") == true })
    }

    @Test func `F-1: a rehearsal looks at its doubles, and ends when one is where production is`()
        async throws
    {
        let world = try await World()
        let well = try await run(.test, in: world)
        let called = try world.report(well.id).acts.map(\.place.branch.path)
        #expect(called.contains("after/4"))
        #expect(!called.contains("after/1"), "machines have gone nowhere")
        world.write(
            "management-stamp",
            Repository.runbook("management-stamp.lua")?.replacing(
                "local switch = \"tenant\"", with: "local switch = \"isolated\""))
        let exposed = try await world.run(world.request("management-stamp", kind: .test))
        #expect(exposed.state == .aborted)
        #expect(exposed.failure?.message.contains("is on the production's switch") == true)
        #expect(try await world.fabric.machines(at: nil).allSatisfy { $0.role != .test })
    }

    @Test func `P-4: a host of the other site without the switch stops the stamp before it moves`()
        async throws
    {
        let world = try await World()
        try await world.fabric.addHost("bergen-host2", at: "bergen")
        let engine = try world.engine()
        let record = try await world.run(
            world.request("management-stamp", kind: .planned), on: engine)
        #expect(record.state == .aborted)
        let told = "the host bergen-host2 of bergen has no switch"
        #expect(record.failure?.message.contains(told) == true)
        #expect(world.effects.writes.isEmpty)
    }

    @Test func `M-2: who cannot say yes to the share refuses, and goes on when he can`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        let refused = try await world.run(
            world.request("management-stamp", kind: .planned), on: engine, answers: { _ in nil })
        #expect(refused.state == .aborted)
        for name in ["vmm01", "wap01"] {
            let state = try await engine.services.replication.protection(of: name)?.state
            #expect(state == .preparedForFailover, "\(name)")
            let there = try await world.fabric.machine(MachineID(site: "bergen", name: name))
            #expect(there.power == .off, "nothing of it starts without the share")
        }
        let home = try await world.run(
            world.request("management-stamp", kind: .failback), on: engine)
        for name in ["vmm01", "wap01", "wap02"] {
            #expect(home.failure?.message.contains("\(name) is at oslo and held off") == true)
        }
        let on = try await engine.goOn(from: refused.id, .retry, by: World.eva, reason: "mended")
        #expect(try await world.finish(on, on: engine).state == .completed)
        #expect(try await addresses(at: "bergen", in: world).count == 5)
    }
}
