// Files of every format of the room, damaged in thousands of ways: a named failure, never a crash,
// never a wrong block.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct FuzzTests {
    private let folder: TemporaryFolder
    private let owner: OwnerKey
    private let disks = DiskCipher(secret: Noise.bytes(64, seed: 7))
    private static let blockBytes = 4096

    init() throws {
        folder = try TemporaryFolder()
        owner = try OwnerKey(bytes: Noise.bytes(32, seed: 8))
    }

    private func content(_ seed: UInt64) -> [UInt8] {
        Noise.bytes(4096, seed: seed) + [UInt8](repeating: 0, count: 4096)
            + [UInt8](repeating: UInt8(seed), count: 4096) + Noise.bytes(512, seed: seed + 1)
    }

    private func header(_ sequence: Int, _ direction: LogHeader.Direction) -> LogHeader {
        LogHeader(
            direction: direction, pointKind: .standard, codec: .zstd, blockBytes: Self.blockBytes,
            vm: "web", generation: 1, sequence: sequence, baseSequence: sequence - 1,
            cutAt: Timestamp(microseconds: 1), previous: .zeros,
            disks: [ProtectedDisk(name: "disk0", size: ByteCount(content(1).count))])
    }

    private func log(_ name: String, _ seed: UInt64, isSealed: Bool) throws -> [UInt8] {
        var header = header(Int(seed), .forward)
        let made = isSealed ? LogSeal.make(owner: owner, disks: disks) : nil
        header.wrappedKey = made?.wrapped
        let content = content(seed)
        let source = LogSource(size: Int64(content.count), extents: [0..<4]) { offset, buffer in
            buffer.copyBytes(from: content[Int(offset)..<Int(offset) + buffer.count])
        }
        _ = try LogWriter(files: HostFiles(), workers: 1, seal: made?.seal)
            .write(header, [source], to: folder.path(name))
        return try folder.bytes(name)
    }

    private func verify(_ bytes: [UInt8]) throws {
        try folder.write("damaged", bytes)
        try ReplicationLog(
            folder.path("damaged"), files: HostFiles(),
            opening: LogOpening(owner: owner, disks: disks)
        ).verify(workers: 1)
    }

    @Test(arguments: [false, true])
    func `a damaged log, sealed or not, is named`(_ isSealed: Bool) throws {
        let first = try log("a", 1, isSealed: isSealed)
        let second = try log("b", 2, isSealed: isSealed)
        for seed in 0..<Damage.rounds(1500) {
            var generator = SeededGenerator(seed: UInt64(seed))
            let damaged = Damage.strike(first, second, &generator)
            if damaged.isSame(as: first) { continue }
            let failure = #expect(throws: Failure.self, "seed \(seed)") { try verify(damaged) }
            #expect(failure?.code == .logDamaged, "seed \(seed)")
        }
    }

    /// With the sums mended, so that what is behind them is tried: whatever a header or an index
    /// says, it is refused or read within its bounds.
    @Test func `a log whose sums are right and whose words are wrong is no danger`() throws {
        let original = try log("a", 1, isSealed: false)
        let head = original.withUnsafeBytes {
            Int($0.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        }
        for seed in 0..<Damage.rounds(1500) {
            var generator = SeededGenerator(seed: UInt64(seed))
            var bytes = original
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let inHead = Bool.random(using: &generator)
                let place =
                    inHead
                    ? Int.random(in: 8..<head - 16, using: &generator)
                    : Int.random(in: bytes.count - 48 - 4 * 48..<bytes.count, using: &generator)
                bytes[place] =
                    [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &generator)]
                    .randomElement(using: &generator)!
            }
            mend(&bytes, head)
            try folder.write("damaged", bytes)
            do {
                let log = try ReplicationLog(folder.path("damaged"), files: HostFiles())
                try log.verify(workers: 1)
                _ = log.extents(of: 0)
            } catch let failure as Failure {
                #expect([.logDamaged, .keyMissing].contains(failure.code), "seed \(seed)")
            }
        }
    }

    private func mend(_ bytes: inout [UInt8], _ head: Int) {
        var sum = LogBytes()
        sum.append(bytes[..<(head - 16)].withUnsafeBytes { BlockHash(of: $0) })
        bytes.replaceSubrange(head - 16..<head, with: sum.bytes)
        let tail = bytes.count - LogTrailer.bytes
        let hash = bytes.withUnsafeBytes { bytes in
            LogTrailer.hash(
                header: UnsafeRawBufferPointer(rebasing: bytes[..<head]),
                index: UnsafeRawBufferPointer(
                    rebasing: bytes[tail - 4 * LogRecord.indexBytes..<tail]))
        }
        var trailer = LogBytes()
        trailer.append(hash)
        bytes.replaceSubrange(tail + 24..<tail + 40, with: trailer.bytes)
    }

    @Test func `a point behind a damaged undo log gives its bytes or a named failure`() throws {
        let layout = MachineFolder(path: folder.path("vm"))
        try HostFiles().makeFolder(layout.undo)
        let (old, new) = (content(1), content(9))
        try folder.write("disk", new)
        let name = LogName(generation: 1, sequence: 2)
        var undo = header(2, .backward)
        (undo.sequence, undo.baseSequence) = (1, 2)
        let source = LogSource(size: Int64(old.count), extents: [0..<4]) { offset, buffer in
            buffer.copyBytes(from: old[Int(offset)..<Int(offset) + buffer.count])
        }
        _ = try LogWriter(files: HostFiles(), workers: 1)
            .write(undo, [source], to: layout.undoLog(name))
        let original = Array(try Data(contentsOf: URL(filePath: layout.undoLog(name))))
        let other = try log("b", 2, isSealed: false)
        var protection = Protection(
            vm: "web", primary: MachineID(site: "oslo", name: "web"),
            replica: MachineID(site: "bergen", name: "web"), interval: .fiveMinutes,
            isCompressed: true, pointsKept: 2, disks: undo.disks, excludedDisks: [], epoch: 0)
        protection.blockBytes = Self.blockBytes
        protection.appliedSequence = 2
        for sequence in 1...2 {
            protection.points.append(
                RecoveryPoint(
                    sequence: sequence, generation: 1, kind: .standard,
                    cutAt: Timestamp(microseconds: 1)))
        }
        let chain = RecoveryPointChain(
            protection: protection, folder: layout, images: [folder.path("disk")],
            files: HostFiles())
        for seed in 0..<Damage.rounds(1500) {
            var generator = SeededGenerator(seed: UInt64(seed))
            let damaged = Damage.strike(original, other, &generator)
            try Data(damaged).write(to: URL(filePath: layout.undoLog(name)))
            var found = [UInt8](repeating: 0, count: old.count)
            do {
                let reader = try chain.open(1)
                try found.withUnsafeMutableBytes { try reader.read(disk: 0, at: 0, into: $0) }
                #expect(found.isSame(as: old), "seed \(seed)")
            } catch let failure as Failure {
                #expect(failure.code == .logDamaged, "seed \(seed)")
            }
        }
    }

    @Test func `whatever a cut left at the receiver, what arrives is what was sent`() async throws {
        let layout = LabLayout(lab: folder.path("lab"))
        let transport = LocalTransport(layout: layout, files: HostFiles())
        let bytes = Noise.bytes(20_000, seed: 3)
        try folder.write("log", bytes)
        let other = Noise.bytes(20_000, seed: 4)
        let delivery = Delivery(
            transport: transport, files: HostFiles(), clock: HandClock(),
            slots: TransferSlots(1), bandwidth: Bandwidth(bytesPerSecond: 20_000))
        let place = layout.folder(of: "web", at: "bergen", in: nil)
        try HostFiles().makeFolder(place.inbox)
        for seed in 0..<Damage.rounds(300) {
            var generator = SeededGenerator(seed: UInt64(seed))
            let name = LogName(generation: 1, sequence: seed)
            let path = place.receivedLog(name)
            let part =
                Bool.random(using: &generator)
                ? Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
                : Damage.strike(bytes, other, &generator)
            try Data(part).write(to: URL(filePath: path + ".part"))
            try await delivery.deliver(
                folder.path("log"),
                Shipment(
                    vm: "web", name: name, source: "oslo", target: "bergen",
                    bytes: Int64(bytes.count)))
            #expect(
                try Data(contentsOf: URL(filePath: path)) == Data(bytes), "seed \(seed)")
            try HostFiles().remove(path)
        }
    }

    @Test func `a log that was damaged on its way changes nothing at the replica`() async throws {
        let transport = SpoilingTransport()
        let world = try await World(transport: transport, diskBytes: 1 << 18)
        try await world.protect(pointsKept: 2)
        _ = try await world.engine.firstCopy("web")
        try await world.fabric.start(World.oslo)
        for seed in 0..<Damage.rounds(40) {
            let before = try await world.bytes(World.bergen)
            try await world.write(Noise.bytes(5000, seed: UInt64(seed)), at: 65_000)
            let isStruck = Locked(false)
            transport.arm { data in
                var generator = SeededGenerator(seed: UInt64(seed))
                let bytes = Array(data)
                let damaged = Damage.strike(bytes, Noise.bytes(500, seed: 1), &generator)
                isStruck.withLock { $0 = !damaged.isSame(as: bytes) }
                data = Data(damaged)
            }
            let failed = await code { _ = try await world.engine.sync("web") }
            if isStruck.withLock({ $0 }) {
                #expect(failed == .logDamaged, "seed \(seed)")
                #expect(try await world.bytes(World.bergen) == before, "seed \(seed)")
            }
            _ = try await world.engine.sync("web")
            #expect(try await world.areEqual(), "seed \(seed)")
        }
    }
}
