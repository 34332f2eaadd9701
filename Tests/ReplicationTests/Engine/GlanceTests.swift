// A glance at many protections, and a closer look at a few.
import Fabric
import Model
import Testing

@testable import Replication

@Suite struct GlanceTests {
    @Test func `R-19 of many no machine is touched, of a few it is told what is pending`()
        async throws
    {
        let world = try await World.replicating()
        let record = try await world.protection()
        for number in 0..<Limits.pendingReadMax {
            var other = record
            other.vm = "vm\(number)"
            try await world.ledger.save(other)
        }
        let fabric = FaultyFabric(world.fabric, plan: FaultPlan())
        let engine = ReplicationEngine(
            fabric: fabric, ledger: world.ledger, clock: world.clock, lab: world.folder)
        let many = try await engine.summaries()
        #expect(many.count == Limits.pendingReadMax + 1)
        let unread = try await engine.pending(of: many)
        #expect(unread.count == many.count && Set(unread) == [.unread])
        #expect(fabric.log.entries.isEmpty)
        try await world.write([1], at: 0)
        let few = many.filter { $0.vm == "web" }
        #expect(try await engine.pending(of: few) == [.known(ByteCount(65_536))])
        #expect(fabric.log.entries.map(\.call) == [.changeSource])
        try await world.fabric.cut("oslo")
        #expect(try await engine.pending(of: few) == [.unreachable])
    }
}
