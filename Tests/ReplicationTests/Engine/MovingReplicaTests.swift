// A replica that moves to another host of its cluster while a cycle is under way (N-7).
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

/// Does something before each piece it carries.
private final class MovingTransport: LateTransport, @unchecked Sendable {
    // Unchecked: what is to be done is behind a lock.
    private let act = Locked<(@Sendable () async throws -> Void)?>(nil)

    func before(_ act: (@Sendable () async throws -> Void)?) { self.act.withLock { $0 = act } }

    override func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        try await act.withLock { $0 }?()
        try await super.send(piece, at: offset, of: shipment)
    }

    override func finish(_ shipment: Shipment, hash: BlockHash) async throws {
        try await act.withLock { $0 }?()
        try await super.finish(shipment, hash: hash)
        try await act.withLock { $0 }?()
    }
}

@Suite struct MovingReplicaTests {
    @Test func `N-7: a replica moves between hosts in mid-cycle, and the cycle finishes`()
        async throws
    {
        let line = MovingTransport()
        let world = try await World(transport: line)
        line.use(
            LocalTransport(layout: LabLayout(lab: world.folder), files: HostFiles()))
        try await world.fabric.addHost("bergen-2", at: "bergen")
        for name in ["tenant", "lab"] {
            try await world.fabric.addSwitch(
                Switch(name: name, network: name), host: "bergen-2", at: "bergen")
        }
        try await world.protect()
        let moves = Locked(0)
        let fabric = world.fabric
        line.before {
            let number = moves.withLock { moves in
                moves += 1
                return moves
            }
            try await fabric.move(
                World.bergen, to: number.isMultiple(of: 2) ? "bergen-host" : "bergen-2")
        }
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        for round in 1...3 {
            try await world.write([UInt8(round)], at: Int64(round) * 65_536)
            _ = try await world.engine.sync("web")
            #expect(try await world.areEqual())
        }
        #expect(moves.withLock { $0 } >= 8)
        #expect(try await world.engine.state(of: "web") == .replicating)
    }
}
