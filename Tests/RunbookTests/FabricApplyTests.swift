// The declared fabric on a lab: what would change, changing it, and what is not taken away.
import Fabric
import LuaRuntime
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct FabricApplyTests {
    /// Bergen as the lab has it, with more.
    private func bergen(
        _ more: String, tenant: String = "site.switch { \"tenant\" },"
    ) -> LuaModule {
        LuaModule(
            name: "fabric/bergen.lua",
            text: """
                return site {
                  "bergen",
                  networks = {
                    site.network { "tenant", pool = { "10.2.0.10-10.2.0.19" } },
                    site.network { "storage" }, site.network { "isolated", isolated = true },
                  },
                  switches = {
                    \(tenant) site.switch { "storage" }, site.switch { "isolated" },
                  },
                  hosts = { site.host { "bergen-host1" }, \(more) },
                }
                """)
    }

    private func decisions(_ world: World) throws -> [Decision] {
        try Store(folder: world.folder).decisions()
    }

    @Test func `N-1: a plan tells the difference and writes nothing, applying makes it so`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        let files = [bergen(#"site.host { "bergen-host2", memory = "64GiB" }"#)]
        let before = try await world.fabric.sites()
        let plan = try await engine.fabricPlan(files)
        #expect(
            plan.changed.flatMap(\.differences).map(\.part) == [
                "host bergen-host2", "network tenant", "switch isolated of bergen-host2",
                "switch storage of bergen-host2", "switch tenant of bergen-host2",
            ])
        #expect(try await world.fabric.sites() == before)
        #expect(world.effects.writes.isEmpty)
        let applied = try await engine.applyFabric(files, reason: "more room", by: World.eva)
        #expect(applied.changed.count == 1)
        #expect(try await world.fabric.site(named: "bergen").hosts.count == 2)
        #expect(try await world.fabric.site(named: "oslo") == before.first { $0.name == "oslo" })
        let decision = try #require(try decisions(world).last)
        #expect(decision.who == "eva")
        #expect(decision.reason == "more room")
        #expect(decision.what == "apply the fabric: changes at bergen (5)")
        let count = try decisions(world).count
        #expect(try await engine.applyFabric(files, by: World.eva).changed.isEmpty)
        #expect(try decisions(world).count == count)
    }

    @Test func `N-1: a switch with a card, a host with a machine and a given address are kept`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        _ = try await engine.applyFabric([bergen("")], by: World.eva)
        let without = [bergen("", tenant: "")]
        #expect(
            try await engine.fabricPlan(without).changed.flatMap(\.refusals).count
                == Template.machines.count)
        let failure = await #expect(throws: Failure.self) {
            _ = try await engine.applyFabric(without, by: World.eva)
        }
        #expect(failure?.code == .inUse)
        let told = "tenant of bergen-host1 has nic0 of bergen/sql01"
        #expect(failure?.message.contains(told) == true)
        try await world.map("10.2.0.10-10.2.0.19")
        try await world.move("sql01", .planned, by: engine.services.replication)
        let narrow = LuaModule(
            name: "fabric/bergen.lua",
            text: bergen("").text.replacing("10.2.0.10-10.2.0.19", with: "10.2.0.11-10.2.0.19"))
        let given = await #expect(throws: Failure.self) {
            _ = try await engine.applyFabric([narrow], by: World.eva)
        }
        #expect(given?.message.contains("10.2.0.10 of the network tenant is given to nic0") == true)
        #expect(try await world.fabric.site(named: "bergen").hosts[0].switches.count == 3)
    }

    @Test func `N-1: a site that does not answer is not changed, and the plan says so`()
        async throws
    {
        let world = try await World()
        let engine = try world.engine()
        try await world.fabric.cut("bergen")
        let refusals = try await engine.fabricPlan([bergen("")]).changed.flatMap(\.refusals)
        #expect(refusals.count == 1)
        let failure = await #expect(throws: Failure.self) {
            _ = try await engine.applyFabric([bergen("")], by: World.eva)
        }
        #expect(failure?.code == .inUse)
    }

    @Test func `N-1: an apply that died is finished by asking again`() async throws {
        for moment in Death.Moment.allCases {
            let world = try await World()
            let engine = try world.engine(dying: Death(at: 1, moment))
            await #expect(throws: SimulatedDeath.self) {
                _ = try await engine.applyFabric([bergen("")], by: World.eva)
            }
            _ = try await world.engine().applyFabric([bergen("")], by: World.eva)
            let site = try await world.fabric.site(named: "bergen")
            #expect(site.networks[0].pool.count(.v4) == 10)
        }
    }

    @Test func `N-1: the overview shows what is used and what is free`() async throws {
        let world = try await World()
        let engine = try world.engine()
        try await world.map("10.2.0.10-10.2.0.19")
        try await world.move("sql01", .planned, by: engine.services.replication)
        let overview = try #require(
            try await engine.fabricOverview().first { $0.site.name == "bergen" })
        let lines = overview.tree.children.flatMap { [$0.text] + $0.children.map(\.text) }
        #expect(lines.contains("IPv4 pool: 1 of 10 used, 9 free"), "\(lines)")
        #expect(lines.contains { $0.hasPrefix("host bergen-host1: 5 machines") }, "\(lines)")
        let network = overview.value["networks"]?.list?.first
        #expect(network?["free"]?["IPv4"] == 9)
        #expect(network?["used"]?.list?.first?["vm"] == "bergen/sql01")
    }
}
