// How fast a point of hours ago opens: a day of hourly points, a twentieth of the disk written anew
// at random places in each hour. Opening reads the undo logs' indexes; nothing is written for it.
import Fabric
import Foundation
import Model
import Replication

enum OlderPoints {
    static var comparisons: [Comparison] {
        let scene = Scene()
        return [1, 23].map { hours in
            Comparison(
                name: "opening a point \(hours) h back", unit: .cost("ms"), wanted: .atMost(100),
                ours: { try await scene.opening(pointsBack: hours) }, peer: nil)
        }
    }

    private actor Scene {
        private static let diskBytes = 1 << 30
        private static let hours = 24
        private var made: Laboratory?

        /// Milliseconds until the disk as it was then can be read, its first block included.
        func opening(pointsBack: Int) async throws -> Double {
            let laboratory = try await prepared()
            let engine = laboratory.replication
            guard let protection = try await engine.protection(of: Laboratory.vm.name) else {
                preconditionFailure("the machine was protected")
            }
            let points = protection.points
            precondition(points.count == Self.hours, "one point of each hour is kept")
            let sequence = points[points.count - 1 - pointsBack].sequence
            let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 4096)
            defer { block.deallocate() }
            return try await seconds {
                let point = try await engine.open(point: sequence, of: Laboratory.vm.name)
                try point.read(disk: 0, at: 0, into: block)
            } * 1_000
        }

        private func prepared() async throws -> Laboratory {
            if let made { return made }
            let image = NSTemporaryDirectory() + "muster-bench-\(UUID().uuidString).raw"
            defer { try? FileManager.default.removeItem(atPath: image) }
            let text = ImageContent.text(of: 4 << 20)
            try ImageContent.write(image, bytes: Self.diskBytes, text)
            let clock = AdvancedClock()
            let laboratory = try await Laboratory(disk: image, clock: clock)
            let engine = laboratory.replication
            try await laboratory.fabric.start(Laboratory.vm)
            _ = try await engine.protect(
                Laboratory.vm, ProtectionOptions(target: "bergen", pointsKept: Self.hours))
            _ = try await engine.firstCopy(Laboratory.vm.name)
            let folder = try await laboratory.fabric.folder(of: Laboratory.vm)
            let disk = try DiskImage(folder: folder, disk: "disk0")
            for _ in 1..<Self.hours {
                clock.advance(by: .seconds(3600))
                try dirty(disk, text)
                _ = try await engine.sync(Laboratory.vm.name)
            }
            made = laboratory
            return laboratory
        }

        private func dirty(_ disk: DiskImage, _ text: [UInt8]) throws {
            let blocks = Self.diskBytes / 65_536
            for _ in 0..<blocks / 20 {
                let block = Int.random(in: 0..<blocks)
                let start = Int.random(in: 0..<text.count - 65_536)
                try text.withUnsafeBytes {
                    try disk.write(
                        at: Int64(block) * 65_536,
                        UnsafeRawBufferPointer(rebasing: $0[start..<start + 65_536]))
                }
            }
        }
    }
}

/// The machine's clock, put forward.
private final class AdvancedClock: WallClock {
    private let advance = Locked(Duration.zero)
    private let machine = MachineClock()

    var now: Timestamp { machine.now + advance.withLock { $0 } }

    func advance(by duration: Duration) { advance.withLock { $0 += duration } }

    func sleep(until deadline: Timestamp) async throws {
        try await Task.sleep(for: max(.zero, deadline - now))
    }
}
