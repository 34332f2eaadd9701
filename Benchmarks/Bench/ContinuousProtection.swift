// a guest writes 50 MB/s at random places of its disk for some seconds while the program's
// own scheduler sends cycles back to back. How old the replica's latest point gets, and what the
// guest notices; beside it the same guest on the same disk without protection.
import Fabric
import Foundation
import Model
import Replication

enum ContinuousProtection {
    static var comparisons: [Comparison] {
        let scene = Scene()
        let unprotected = "not protected"
        return [
            Comparison(
                name: "continuous, 50 MB/s: worst lag", unit: .cost("ms"), wanted: .atMost(1_000),
                rounds: 3, ours: { try await scene.protected().lag.worst }, peer: nil),
            Comparison(
                name: "continuous, 50 MB/s: median lag", unit: .cost("ms"),
                wanted: .atMost(1_000), rounds: 3,
                ours: { try await scene.protected().lag.median }, peer: nil),
            Comparison(
                name: "continuous: rate of the guest", unit: .rate("MB/s"), wanted: .ratio(0.95),
                rounds: 3, ours: { try await scene.protected().guest.megabytesPerSecond },
                peer: Comparison.Peer(name: unprotected) {
                    try await scene.unprotected().megabytesPerSecond
                }),
            Comparison(
                name: "continuous: median of a write", unit: .cost("µs"), wanted: .nothing,
                rounds: 3, ours: { try await scene.protected().guest.medianMicroseconds },
                peer: Comparison.Peer(name: unprotected) {
                    try await scene.unprotected().medianMicroseconds
                }),
        ]
    }

    /// What one run came to.
    private struct Run {
        let guest: Guest.Record
        let lag: Lag
    }

    private actor Scene {
        private static let diskBytes = 512 << 20
        private static let duration = Duration.seconds(8)
        private var made: (laboratory: Laboratory, guest: Guest)?

        func unprotected() async throws -> Guest.Record {
            let (laboratory, guest) = try await prepared()
            try await laboratory.replication.remove(Laboratory.vm.name, deletesReplica: true)
            guest.begin()
            try await Task.sleep(for: Self.duration)
            return try guest.end()
        }

        func protected() async throws -> Run {
            let (laboratory, guest) = try await prepared()
            let engine = laboratory.replication
            try await engine.remove(Laboratory.vm.name, deletesReplica: true)
            _ = try await engine.protect(
                Laboratory.vm,
                ProtectionOptions(target: "bergen", interval: .continuous, pointsKept: 4))
            let points = Locked([Arrival(try await engine.firstCopy(Laboratory.vm.name))])
            let failure = Locked<Failure?>(nil)
            let service = ReplicationService(engine) { report in
                switch report.result {
                case .success(let point): points.withLock { $0.append(Arrival(point)) }
                // The last transfer is stopped with the service.
                case .failure(let raised) where raised.code == .transferStopped: break
                case .failure(let raised): failure.withLock { $0 = raised }
                }
            }
            let serving = Task { try await service.run() }
            // The first seconds are those after a first copy, not those of a night.
            try await Task.sleep(for: .seconds(1))
            guest.begin()
            let start = MachineClock().now
            try await Task.sleep(for: Self.duration)
            let end = MachineClock().now
            let record = try guest.end()
            serving.cancel()
            try await serving.value
            if let failure = failure.withLock({ $0 }) { throw failure }
            return Run(
                guest: record,
                lag: Lag(points.withLock { $0 }, from: start + .seconds(1), until: end))
        }

        private func prepared() async throws -> (laboratory: Laboratory, guest: Guest) {
            if let made { return made }
            let image = NSTemporaryDirectory() + "muster-bench-\(UUID().uuidString).raw"
            defer { try? FileManager.default.removeItem(atPath: image) }
            try ImageContent.write(
                image, bytes: Self.diskBytes, ImageContent.text(of: 4 << 20), hasHoles: false)
            let laboratory = try await Laboratory(disk: image)
            try await laboratory.fabric.start(Laboratory.vm)
            let folder = try await laboratory.fabric.folder(of: Laboratory.vm)
            let disk = try DiskImage(folder: folder, disk: "disk0")
            let guest = Guest(disk, bytesPerSecond: 50_000_000)
            made = (laboratory, guest)
            return (laboratory, guest)
        }
    }
}

/// A point, and when the replica had it.
private struct Arrival {
    let cutAt: Timestamp
    let arrivedAt = MachineClock().now

    init(_ point: RecoveryPoint) { cutAt = point.cutAt }
}

/// The age of the replica's latest point, looked at every millisecond: it grows with the clock and
/// falls when a point arrives.
private struct Lag {
    let median: Double
    let worst: Double

    init(_ arrivals: [Arrival], from start: Timestamp, until end: Timestamp) {
        var ages: [Double] = []
        var latest = 0
        var instant = start
        while instant < end {
            while latest + 1 < arrivals.count, arrivals[latest + 1].arrivedAt <= instant {
                latest += 1
            }
            ages.append((instant - arrivals[latest].cutAt) / .milliseconds(1))
            instant = instant + .milliseconds(1)
        }
        ages.sort()
        median = ages[ages.count / 2]
        worst = ages[ages.count - 1]
    }
}
