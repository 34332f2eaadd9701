// A protected machine with a large disk, and beside it the same image for the peers.
import Fabric
import Foundation
import Model
import Replication

final class CopiedMachine: Sendable {
    /// Seconds of one cycle and of its two parts.
    struct Cycle {
        let whole: Double
        /// Until the log is durable and on its way.
        let delivery: Double
        /// From its arrival until the replica holds the point.
        let application: Double
        /// Bytes that all writes of the application held: undo log, disk, hashes, record.
        let appliedBytes: Int
    }

    let peerImage: String
    let peerCopy: String
    private let laboratory: Laboratory
    private let transport: TimedTransport
    private let noise: [UInt8]
    private let dirtyBlocks: Int
    private let blocks: Int
    private let round = Locked(0)
    private static let blockBytes = 65_536

    init(bytes: Int, dirtyBlocks: Int) async throws {
        self.dirtyBlocks = dirtyBlocks
        blocks = bytes / Self.blockBytes
        noise = ImageContent.text(of: 4 << 20)
        transport = TimedTransport()
        let image = NSTemporaryDirectory() + "muster-bench-\(UUID().uuidString).raw"
        defer { try? FileManager.default.removeItem(atPath: image) }
        try ImageContent.write(image, bytes: bytes, noise)
        laboratory = try await Laboratory(disk: image, transport: transport)
        peerImage = "\(laboratory.folder)/peer.raw"
        peerCopy = "\(laboratory.folder)/peer-copy.raw"
        try ChildProcess.run("cp", ["--sparse=always", image, peerImage])
        try ChildProcess.run("cp", ["--sparse=always", image, peerCopy])
        try await laboratory.fabric.start(Laboratory.vm)
    }

    private var engine: ReplicationEngine { laboratory.replication }
    private static let name = Laboratory.vm.name

    func protectAnew() async throws {
        _ = try await engine.remove(Self.name, deletesReplica: true)
        _ = try await engine.protect(
            Laboratory.vm, ProtectionOptions(target: "bergen", pointsKept: 4))
    }

    func firstCopy() async throws { _ = try await engine.firstCopy(Self.name) }

    /// Writes a twentieth anew and sends it.
    func cycle() async throws -> Cycle {
        try await replicate()
        try await dirty()
        let start = ContinuousClock.now
        _ = try await engine.sync(Self.name)
        let end = ContinuousClock.now
        let written = WrittenBytes.ofThisProcess
        let (sent, arrived, writtenBefore) = transport.last
        return Cycle(
            whole: (end - start) / .seconds(1), delivery: (sent - start) / .seconds(1),
            application: (end - arrived) / .seconds(1),
            appliedBytes: written - writtenBefore)
    }

    /// Writes a twentieth anew and compares everything; returns the seconds of the comparison.
    func resync() async throws -> Double {
        try await replicate()
        try await dirty()
        return try await seconds { _ = try await engine.resync(Self.name) }
    }

    /// Makes sure that there is a replica.
    private func replicate() async throws {
        guard try await engine.protection(of: Self.name) == nil else { return }
        try await protectAnew()
        try await firstCopy()
    }

    private func dirty() async throws {
        let folder = try await laboratory.fabric.folder(of: Laboratory.vm)
        let image = try DiskImage(folder: folder, disk: "disk0")
        try write { try image.write(at: $0, $1) }
        try settle("\(folder)/disk0.raw")
    }

    /// A guest's writes reach the disk long before most cycles begin: what is timed is not to wait
    /// for them.
    private func settle(_ path: String) throws {
        let file = open(path, O_RDONLY)
        defer { close(file) }
        guard fsync(file) == 0 else { throw CommandFailed(command: "fsync", status: errno) }
    }

    func dirtyPeer() throws {
        let file = open(peerImage, O_WRONLY)
        defer { close(file) }
        try write { offset, bytes in
            guard pwrite(file, bytes.baseAddress, bytes.count, Int(offset)) == bytes.count else {
                throw CommandFailed(command: "pwrite", status: errno)
            }
        }
        try settle(peerImage)
    }

    /// Blocks spread over the whole disk, other ones and other bytes each time.
    private func write(_ write: (Int64, UnsafeRawBufferPointer) throws -> Void) throws {
        let round = round.withLock {
            $0 += 1
            return $0
        }
        var random = SystemRandomNumberGenerator()
        for number in 0..<dirtyBlocks {
            let block = (number * 20 + round * 7) % blocks
            let start = Int.random(in: 0..<noise.count - Self.blockBytes, using: &random)
            try noise.withUnsafeBytes {
                try write(
                    Int64(block * Self.blockBytes),
                    .init(rebasing: $0[start..<start + Self.blockBytes]))
            }
        }
    }
}

/// The transport of a lab, which remembers when a log was handed over and when it had arrived.
final class TimedTransport: Transport {
    private let inner = Locked<LocalTransport?>(nil)
    private let times = Locked(
        (sent: ContinuousClock.now, arrived: ContinuousClock.now, written: 0))

    /// The last log: when it was handed over, when it had arrived, and the bytes the process had
    /// written by then.
    var last: (ContinuousClock.Instant, ContinuousClock.Instant, Int) { times.withLock { $0 } }

    var reachesImages: Bool { inner.withLock { $0?.reachesImages } ?? false }

    func use(_ transport: LocalTransport) { inner.withLock { $0 = transport } }

    func offer(_ shipment: Shipment, file: String?, anew: Bool) async throws -> ShipmentAnswer {
        let sent = ContinuousClock.now
        let answer = try await transport.offer(shipment, file: file, anew: anew)
        times.withLock { $0 = (sent, .now, WrittenBytes.ofThisProcess) }
        return answer
    }

    func send(_ piece: [UInt8], at offset: Int64, of shipment: Shipment) async throws {
        try await transport.send(piece, at: offset, of: shipment)
    }

    func finish(_ shipment: Shipment, hash: BlockHash) async throws {
        try await transport.finish(shipment, hash: hash)
        times.withLock { ($0.arrived, $0.written) = (.now, WrittenBytes.ofThisProcess) }
    }

    private var transport: LocalTransport {
        guard let transport = inner.withLock({ $0 }) else {
            preconditionFailure("a transport is used before it is set up")
        }
        return transport
    }
}

/// What the kernel counted of a process's writes.
enum WrittenBytes {
    /// The bytes of all write calls since the process began, whatever became of them.
    static var ofThisProcess: Int {
        let counts = (try? String(contentsOfFile: "/proc/self/io", encoding: .utf8)) ?? ""
        let line = counts.split(separator: "\n").first { $0.hasPrefix("wchar:") } ?? ""
        return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }
}
