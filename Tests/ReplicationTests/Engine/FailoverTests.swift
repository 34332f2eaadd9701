// Planned failover with and without reverse and start, unplanned failover, failback.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct FailoverTests {
    @Test func `F-2 a planned failover loses nothing and turns round with new writes only`() async throws {
        let world = try await World.replicating()
        try await world.write([1, 2, 3], at: 70_000)
        _ = try await world.engine.sync("web")
        try await world.write([4, 5, 6], at: 200_000)
        try await world.failOverPlanned()
        let before = try await world.bytes(World.oslo)
        #expect(try await world.bytes(World.bergen) == before)
        _ = try await world.engine.reverse("web")
        try await world.fabric.start(World.bergen)
        try await world.write([7, 8, 9], at: 300_000, on: World.bergen)
        let source = try await world.fabric.changeSource(of: World.bergen)
        #expect(try source.pendingBytes().bytes == 65_536)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual(World.bergen, World.oslo))
        let protection = try await world.protection()
        #expect(protection.state == .replicating)
        #expect(protection.primary == World.bergen)
    }
}
