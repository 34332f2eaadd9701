// The path of a byte: first copy, cycle, application with undo, resync; beside the tools people
// copy images with, on an image of the same bytes in the same folder. Ours is durable when it
// returns.
import Fabric
import Foundation
import Model
import Replication

enum DataPath {
    /// Half of it is allocated; a twentieth is written anew before every cycle.
    static let imageBytes = 4 << 30
    private static let blockBytes = 65_536
    private static let dirtyBlocks = imageBytes / 20 / blockBytes
    private static let dirtyMegabytes = Double(dirtyBlocks * blockBytes) / 1e6
    private static let megabytes = Double(imageBytes) / 1e6

    static var comparisons: [Comparison] {
        get async throws {
            let scene = Scene()
            return [
                firstCopy(scene, "qemu-img convert -t writeback", wanted: .ratio(1)) {
                    ["qemu-img", "convert", "-t", "writeback", "-O", "raw", $0, $1]
                },
                firstCopy(scene, "cp --sparse=always", wanted: .nothing) {
                    ["cp", "--sparse=always", $0, $1]
                },
                firstCopy(scene, "rsync --sparse", wanted: .nothing) {
                    ["rsync", "--sparse", $0, $1]
                },
                cycle(scene), delivery(scene), application(scene), appliedBytes(scene),
                resync(scene),
            ]
        }
    }

    private static func firstCopy(
        _ scene: Scene, _ peer: String, wanted: Comparison.Wanted,
        _ command: @escaping (String, String) -> [String]
    ) -> Comparison {
        Comparison(
            name: "first copy", unit: .rate("MB/s"), wanted: wanted, rounds: 3,
            ours: {
                let world = try await scene.world()
                try await world.protectAnew()
                return megabytes / (try await seconds { try await world.firstCopy() })
            },
            peer: Comparison.Peer(name: peer) {
                let world = try await scene.world()
                try? FileManager.default.removeItem(atPath: world.peerCopy)
                let words = command(world.peerImage, world.peerCopy)
                return megabytes
                    / (try await seconds {
                        try ChildProcess.run(words[0], Array(words.dropFirst()))
                    })
            })
    }

    private static func cycle(_ scene: Scene) -> Comparison {
        Comparison(
            name: "cycle, 5 % written, whole", unit: .rate("MB/s"), wanted: .ratio(1), rounds: 5,
            ours: { dirtyMegabytes / (try await scene.world().cycle().whole) },
            peer: rsync(scene, dirtyMegabytes))
    }

    private static func delivery(_ scene: Scene) -> Comparison {
        Comparison(
            name: "cycle: log compressed and durable", unit: .rate("MB/s"), wanted: .atLeast(350),
            rounds: 5, ours: { dirtyMegabytes / (try await scene.world().cycle().delivery) },
            peer: nil)
    }

    private static func application(_ scene: Scene) -> Comparison {
        Comparison(
            name: "cycle: applied with undo", unit: .rate("MB/s"), wanted: .atLeast(150),
            rounds: 5, ours: { dirtyMegabytes / (try await scene.world().cycle().application) },
            peer: nil)
    }

    /// Beside the bytes of the blocks that the cycle brought.
    private static func appliedBytes(_ scene: Scene) -> Comparison {
        Comparison(
            name: "cycle: bytes written to apply a byte", unit: .cost(""), wanted: .atMost(3),
            rounds: 5,
            ours: { Double(try await scene.world().cycle().appliedBytes) / 1e6 / dirtyMegabytes },
            peer: nil)
    }

    private static func resync(_ scene: Scene) -> Comparison {
        Comparison(
            name: "resync, 5 % differs", unit: .rate("MB/s"), wanted: .ratio(5), rounds: 5,
            ours: { megabytes / (try await scene.world().resync()) },
            peer: rsync(scene, megabytes))
    }

    /// rsync of an image of which a twentieth is other than in the copy.
    private static func rsync(_ scene: Scene, _ megabytes: Double) -> Comparison.Peer {
        Comparison.Peer(name: "rsync --inplace --no-whole-file") {
            let world = try await scene.world()
            try world.dirtyPeer()
            return megabytes
                / (try await seconds {
                    try ChildProcess.run(
                        "rsync",
                        ["--inplace", "--no-whole-file", world.peerImage, world.peerCopy])
                })
        }
    }

    /// Makes the images when the first benchmark asks for them.
    private actor Scene {
        private var made: CopiedMachine?

        func world() async throws -> CopiedMachine {
            if let made { return made }
            let new = try await CopiedMachine(bytes: imageBytes, dirtyBlocks: dirtyBlocks)
            made = new
            return new
        }
    }
}
