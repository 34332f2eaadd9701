// A lab of two sites on real files, with verbs. The clock stands still until it is told otherwise.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

final class HandClock: WallClock {
    private let time = Locked(Timestamp(microseconds: 1_800_000_000_000_000))

    var now: Timestamp { time.withLock { $0 } }
    func sleep(until deadline: Timestamp) async throws { advance(deadline - now) }
    func advance(_ duration: Duration) { time.withLock { $0 = $0 + duration } }
}

final class World: Sendable {
    static let oslo = MachineID(site: "oslo", name: "web")
    static let bergen = MachineID(site: "bergen", name: "web")

    let folder: String
    let fabric: EmbeddedFabric
    let ledger = MemoryLedger()
    let clock = HandClock()
    let engine: ReplicationEngine
    let disk = "disk0"

    init(
        transport: (any Transport)? = nil, files: any FileSystem = HostFiles(),
        diskBytes: Int = 4 << 20, disks: Int = 1, policy: ReplicationPolicy = ReplicationPolicy()
    ) async throws {
        folder = NSTemporaryDirectory() + "muster-replication-\(UUID().uuidString)"
        fabric = try EmbeddedFabric.create(at: folder)
        engine = ReplicationEngine(
            fabric: fabric, ledger: ledger, clock: clock, lab: folder, files: files,
            transport: transport, policy: policy)
        for site in ["oslo", "bergen"] {
            try await fabric.createSite(site)
            try await fabric.addHost("\(site)-host", at: site)
            try await fabric.addNetwork(Network(name: "tenant"), at: site)
            try await fabric.addNetwork(Network(name: "lab", isIsolated: true), at: site)
            for name in ["tenant", "lab"] {
                try await fabric.addSwitch(Switch(name: name, network: name), host: nil, at: site)
            }
        }
        let images = try (0..<disks).map {
            try self.makeImage("image\($0)", bytes: diskBytes, seed: UInt64($0))
        }
        try await fabric.importMachine(
            VirtualMachine(
                id: Self.oslo, host: "oslo-host", processors: 2, memory: ByteCount(2 << 30),
                nics: [NetworkCard(name: "nic0", mac: "52:54:00:00:00:01", switchName: "tenant")]),
            disks: images.map { .image(path: $0) })
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A sparse image: its first half is noise, the rest a hole.
    private func makeImage(_ name: String, bytes: Int, seed: UInt64) throws -> String {
        let path = "\(folder)/\(name)"
        let noise = Noise.bytes(bytes / 2, seed: seed)
        try Data(noise).write(to: URL(filePath: path))
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.truncate(atOffset: UInt64(bytes))
        try handle.close()
        return path
    }

    /// Protected, copied once, running.
    static func replicating(
        pointsKept: Int = 1, disks: Int = 1, transport: (any Transport)? = nil,
        files: any FileSystem = HostFiles(), policy: ReplicationPolicy = ReplicationPolicy()
    ) async throws -> World {
        let world = try await World(
            transport: transport, files: files, disks: disks, policy: policy)
        try await world.protect(pointsKept: pointsKept)
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(oslo)
        return world
    }

    @discardableResult
    func protect(pointsKept: Int = 1, isCompressed: Bool = true) async throws -> Protection {
        try await engine.protect(
            Self.oslo,
            ProtectionOptions(target: "bergen", isCompressed: isCompressed, pointsKept: pointsKept))
    }

    func write(_ bytes: [UInt8], at offset: Int64, on id: MachineID = oslo) async throws {
        let image = try DiskImage(folder: try await fabric.folder(of: id), disk: disk)
        try bytes.withUnsafeBytes { try image.write(at: offset, $0) }
    }

    func bytes(_ id: MachineID, disk: String = "disk0") async throws -> Data {
        try Data(contentsOf: URL(filePath: try await fabric.imagePath(of: disk, machine: id)))
    }

    func areEqual(_ left: MachineID = oslo, _ right: MachineID = bergen) async throws -> Bool {
        try await bytes(left) == bytes(right)
    }

    func protection() async throws -> Protection {
        try #require(try await engine.protection(of: "web"))
    }

    func replicaFolder(_ site: String = "bergen") -> MachineFolder {
        LabLayout(lab: folder).folder(of: "web", at: site, in: nil)
    }

    /// Stop, prepare, fail over: what a plan does before it reverses and starts.
    func failOverPlanned(
        _ kind: FailoverKind = .planned, from id: MachineID = oslo
    ) async throws {
        try await fabric.stop(id)
        _ = try await engine.prepare("web")
        _ = try await engine.failOver("web", FailoverRequest(kind))
    }
}

/// Bytes that do not compress and are the same for the same seed.
enum Noise {
    static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        let words = (count + 7) / 8
        return [UInt8](unsafeUninitializedCapacity: words * 8) { buffer, used in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            for word in 0..<words {
                raw.storeBytes(of: generator.next(), toByteOffset: word * 8, as: UInt64.self)
            }
            used = count
        }
    }
}

/// The code of the failure `body` raises; nil when it raises none.
func code(_ body: () async throws -> Void) async -> Failure.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? Failure)?.code
            ?? Failure.Code("test.other", meaning: "\(error)", remedy: "")
    }
}
