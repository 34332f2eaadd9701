// Hash files, damaged: one that does not say what it should is made anew from the disk.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct HashFileFuzzTests {
    @Test func `a resync with a damaged hash file ends with an equal replica`() async throws {
        let world = try await World(diskBytes: 1 << 18)
        try await world.protect()
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        let path = world.replicaFolder().hashFile(of: "disk0")
        for seed in 0..<Damage.rounds(60) {
            var generator = SeededGenerator(seed: UInt64(seed))
            let bytes = Array(try Data(contentsOf: URL(filePath: path)))
            let damaged = Damage.strike(bytes, bytes, &generator)
            try Data(damaged).write(to: URL(filePath: path))
            // What is zeros now was something else: a hash that was lost must not pass for zeros.
            let isZeros = Bool.random(using: &generator)
            try await world.write(
                isZeros
                    ? [UInt8](repeating: 0, count: 65_536) : Noise.bytes(3000, seed: UInt64(seed)),
                at: Int64(seed % 4) * 65_536)
            _ = try await world.engine.resync("web")
            #expect(try await world.areEqual(), "seed \(seed)")
        }
    }
}
