// What it costs a guest that its writes are marked: the tracked way to a running machine's disk
// beside plain pwrite to a file of the same bytes on the same file system. No cut is open.
import Fabric
import Foundation
import Model

enum TrackedWrites {
    static var comparisons: [Comparison] {
        let scene = Scene()
        return [
            writes(scene, "tracked write of 64 KiB", bytes: 64 << 10, count: 4_000),
            writes(scene, "tracked write of 4 KiB", bytes: 4 << 10, count: 40_000),
        ]
    }

    /// The cost of one write, at random places of a disk that is allocated and in the page cache.
    private static func writes(
        _ scene: Scene, _ name: String, bytes: Int, count: Int
    ) -> Comparison {
        Comparison(
            name: name, unit: .cost("µs"), wanted: .ratio(0.95), rounds: 15,
            ours: {
                let disk = try await scene.disk()
                return try await scene.cost(of: count, bytes) { try disk.write(at: $0, $1) }
            },
            peer: Comparison.Peer(name: "pwrite") {
                let file = try await scene.file()
                return try await scene.cost(of: count, bytes) { offset, bytes in
                    let written = pwrite(file, bytes.baseAddress, bytes.count, Int(offset))
                    guard written == bytes.count else {
                        throw CommandFailed(command: "pwrite", status: errno)
                    }
                }
            })
    }

    /// The machine and the file, made when the first benchmark asks for them.
    private actor Scene {
        private static let diskBytes = 256 << 20
        private let text = ImageContent.text(of: 4 << 20)
        private var made: (laboratory: Laboratory, disk: DiskImage, file: Int32)?

        func disk() async throws -> DiskImage { try await prepared().disk }

        func file() async throws -> Int32 { try await prepared().file }

        /// Microseconds of one write.
        func cost(
            of count: Int, _ bytes: Int, _ write: (Int64, UnsafeRawBufferPointer) throws -> Void
        ) throws -> Double {
            var random = SystemRandomNumberGenerator()
            let places = (0..<count).map { _ in
                Int64.random(in: 0..<Int64(Self.diskBytes / bytes), using: &random) * Int64(bytes)
            }
            let start = ContinuousClock.now
            try text.withUnsafeBytes { text in
                let content = UnsafeRawBufferPointer(rebasing: text[..<bytes])
                for place in places { try write(place, content) }
            }
            return (ContinuousClock.now - start) / .microseconds(1) / Double(count)
        }

        private func prepared() async throws -> (
            laboratory: Laboratory, disk: DiskImage, file: Int32
        ) {
            if let made { return made }
            let image = NSTemporaryDirectory() + "muster-bench-\(UUID().uuidString).raw"
            defer { try? FileManager.default.removeItem(atPath: image) }
            try ImageContent.write(image, bytes: Self.diskBytes, text, hasHoles: false)
            let laboratory = try await Laboratory(disk: image)
            try await laboratory.fabric.start(Laboratory.vm)
            let peer = "\(laboratory.folder)/peer.raw"
            try ImageContent.write(peer, bytes: Self.diskBytes, text, hasHoles: false)
            let folder = try await laboratory.fabric.folder(of: Laboratory.vm)
            let disk = try DiskImage(folder: folder, disk: "disk0")
            let new = (laboratory, disk, open(peer, O_RDWR))
            made = new
            return new
        }
    }
}
