// The test failover: a machine of its own, on an isolated network, gone without a trace.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct TestFailoverTests {
    private let test = MachineID(site: "bergen", name: "web-test")

    @Test func `F-1 a point boots on an isolated network while cycles go on, and leaves nothing`()
        async throws
    {
        let world = try await World.replicating(pointsKept: 3)
        let old = try await world.bytes(World.oslo)
        try await world.write([1, 2, 3], at: 65_536)
        _ = try await world.engine.sync("web")
        let id = try await world.engine.testFailover("web", point: 1, operation: "run-1")
        #expect(id == test)
        #expect(try await world.engine.testFailover("web", operation: "run-2") == test)
        #expect(try await world.bytes(test) == old)
        let machine = try await world.fabric.machine(test)
        #expect(machine.role == .test)
        #expect(machine.nics.map(\.switchName) == ["lab"])
        try await world.fabric.start(test)
        try await world.write([9, 9], at: 0, on: test)
        try await world.write([4], at: 131_072)
        _ = try await world.engine.sync("web")
        #expect(try await world.areEqual())
        try await world.engine.cleanUp("web")
        try await world.engine.cleanUp("web")
        await #expect(code { _ = try await world.fabric.machine(test) } == .unknownName)
        #expect(try await world.areEqual())
        #expect(try await world.engine.state(of: "web") == .replicating)
    }

    @Test func `F-1 a network that is not isolated is refused, and a missing point too`()
        async throws
    {
        let world = try await World.replicating()
        await #expect(
            code {
                _ = try await world.engine.testFailover("web", network: "tenant")
            } == .networkNotIsolated)
        await #expect(
            code {
                _ = try await world.engine.testFailover("web", point: 7)
            } == .pointMissing)
        await #expect(code { _ = try await world.fabric.machine(test) } == .unknownName)
        try await world.engine.cleanUp("web")
    }

    @Test func `removing the protection deletes the test machine too`() async throws {
        let world = try await World.replicating()
        try await world.fabric.start(try await world.engine.testFailover("web", network: "lab"))
        try await world.engine.remove("web")
        await #expect(code { _ = try await world.fabric.machine(test) } == .unknownName)
    }
}
