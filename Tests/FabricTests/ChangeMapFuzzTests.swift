// Change maps, damaged: a named failure or a map that is made anew, and never a block that the disk
// has not. What cannot be told is a mark that was wiped out: the map is live memory of several
// processes, without sums; whoever may write it may write the disk too.
import Foundation
import Model
import Testing

@testable import Fabric

@Suite struct ChangeMapFuzzTests {
    private static var rounds: Int {
        let asked = ProcessInfo.processInfo.environment["MUSTER_FUZZ_SEEDS"].flatMap(Int.init)
        return asked ?? 400
    }

    @Test func `a damaged map ends in a named failure, or within the disk's bounds`() async throws {
        let world = try await World()
        try await world.define(isRunning: true)
        let source = try await world.changes()
        try source.acknowledge(try source.cut(everything: true).token)
        let folder = try await world.fabric.folder(of: World.oslo)
        let path = "\(folder)/changes.map"
        for seed in 0..<Self.rounds {
            var numbers = SeededGenerator(seed: UInt64(seed))
            let sound = try Data(contentsOf: URL(filePath: path))
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                // Half of all damage strikes the header, which is a small part of the file.
                let end = Bool.random(using: &numbers) ? 512 : bytes.count
                let place = Int.random(in: 0..<end, using: &numbers)
                switch Int.random(in: 0...3, using: &numbers) {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &numbers)
                case 1: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
                case 2:
                    bytes[place..<min(place + 16, end)] = Data(
                        repeating: 0xFF, count: min(16, end - place))
                default:
                    bytes[place..<min(place + 16, end)] = Data(
                        repeating: 0, count: min(16, end - place))
                }
            }
            if Int.random(in: 0...9, using: &numbers) == 0 {
                bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &numbers))
            }
            try overwrite(path, bytes)
            let failed = await code { try await use(world, seed) }
            let known: [Failure.Code?] = [
                nil, .fileSystem, .diskOff, .cutLost, .cutClosed, .diskMissing, .unknownName,
                .diskOutOfRange,
            ]
            #expect(known.contains(failed), "seed \(seed): \(failed as Any)")
            try overwrite(path, sound)
        }
    }

    /// In place: other handles have the file mapped.
    private func overwrite(_ path: String, _ bytes: Data) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.truncate(atOffset: UInt64(bytes.count))
        try file.seek(toOffset: 0)
        try file.write(contentsOf: bytes)
        try file.close()
    }

    private func use(_ world: World, _ seed: Int) async throws {
        try? await world.write(UInt8(seed % 250 + 1), at: Int64(seed % 16) * 65_536)
        let source = try await world.changes()
        _ = try source.pendingBytes()
        let cut = try source.cut(everything: seed % 3 == 0)
        for disk in cut.disks {
            for extent in disk.extents {
                #expect(
                    extent.lowerBound >= 0
                        && extent.upperBound * 65_536 < Int(disk.size.bytes) + 65_536)
                let start = Int64(extent.lowerBound) * 65_536
                _ = try disk.bytes(
                    start, Int(min(disk.size.bytes, Int64(extent.upperBound) * 65_536) - start))
            }
        }
        if seed % 2 == 0 { try source.acknowledge(cut.token) } else { try source.fail(cut.token) }
    }
}
