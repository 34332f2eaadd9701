// Which points are chosen when the point of a plan is changed, and why none can be.
import Fabric
import Model
import Orchestration
import Replication
import TestSupport
import Testing

@Suite struct PointChoiceTests {
    private func refusal(
        _ world: World, _ choice: PointChoice, _ words: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let engine = try world.engine()
        await #expect(sourceLocation: location) {
            try await engine.changes(choice, of: "trial", scope: nil)
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == .preflightFailed && failure?.message.contains(words) == true
        }
    }

    @Test func `R-11: the latest, an application-consistent or an earlier point is chosen`()
        async throws
    {
        let world = try await World.withPoints()
        let engine = try world.engine()
        _ = try await engine.services.replication.sync("sql01", kind: .appConsistent)
        try await world.failOver()
        let consistent = try await engine.services.replication.points(of: "sql01")
        #expect(consistent.last?.kind == .appConsistent)
        // Where a vm stands already it is not brought.
        #expect(
            try await engine.changes(PointChoice(.latest), of: "trial", scope: nil).isEmpty)
        let second = world.clock.now + .seconds(-1800)
        let earlier = try await engine.changes(
            PointChoice(.notAfter(second)), of: "trial", scope: nil)
        #expect(earlier.map(\.protection.vm) == ["sql01", "wap01"])
        #expect(earlier.allSatisfy { $0.point.cutAt <= second })
        try await refusal(
            world, PointChoice(.appConsistent),
            "wap01 has no recovery point that is application-consistent")
        try await refusal(
            world, PointChoice(.notAfter(second + .seconds(-86_400))),
            "sql01 has no recovery point of 2026")
        try await refusal(
            world, PointChoice(.latest, named: ["sql01": 99]),
            "sql01 has no recovery point 99; kept are")
        try await refusal(
            world, PointChoice(nil, named: ["sql1": 1]),
            "sql1 is no protected vm of the plan; did you mean 'sql01'?")
    }

    @Test func `R-11: before a failover, and when it was completed, there is nothing to choose`()
        async throws
    {
        let world = try await World.withPoints()
        try await refusal(
            world, PointChoice(nil, named: ["sql01": 2]),
            "sql01 is replicating: a point can be changed after a failover")
        try await world.failOver()
        #expect(try await world.act(.complete).run.state == .completed)
        try await refusal(
            world, PointChoice(nil, named: ["sql01": 2]), "sql01 is failed-over")
    }

    @Test func `R-11: the vms of a consistency group keep a point that all of them have`()
        async throws
    {
        let world = try await World.withPoints(group: "shop")
        let engine = try world.engine()
        world.clock.advance(by: .seconds(3600))
        let alone = try await engine.services.replication.sync("sql01")
        try await world.failOver()
        let latest = try await engine.changes(PointChoice(.latest), of: "trial", scope: nil)
        #expect(latest.map(\.protection.vm) == ["sql01"])
        let common = try #require(latest.first?.point)
        #expect(common.sequence < alone.sequence)
        try await refusal(
            world, PointChoice(nil, named: ["sql01": alone.sequence]),
            "is not common to the consistency group shop (sql01, wap01)")
        let earlier = try await engine.services.replication.points(of: "sql01")
            .filter { $0.group != nil && $0.sequence < common.sequence }
        let one = try #require(earlier.last?.sequence)
        let named = PointChoice(nil, named: ["sql01": one])
        let both = try await engine.changes(named, of: "trial", scope: nil)
        #expect(Set(both.compactMap(\.point.group)).count == 1)
        #expect(both.map(\.protection.vm) == ["sql01", "wap01"])
        try await refusal(
            world,
            PointChoice(nil, named: ["sql01": one, "wap01": try await newest(engine, "wap01")]),
            "are of several instants")
        try await refusal(
            world, PointChoice(.appConsistent),
            "the consistency group shop has no common point that is application-consistent")
    }

    private func newest(_ engine: Orchestrator, _ vm: String) async throws -> Int {
        try await engine.services.replication.points(of: vm).last?.sequence ?? 0
    }
}
