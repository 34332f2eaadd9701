// A sealed log: read back under its key, closed without it, and damaged by any change.
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct SealedLogTests {
    private let folder: TemporaryFolder
    private let owner: OwnerKey
    private let disks = DiskCipher(secret: Noise.bytes(64, seed: 7))
    private let content: [UInt8]

    init() throws {
        folder = try TemporaryFolder()
        owner = try OwnerKey(bytes: Noise.bytes(32, seed: 8))
        content =
            Noise.bytes(3 * 4096, seed: 1) + [UInt8](repeating: 0, count: 4096)
            + [UInt8](repeating: 65, count: 6 * 4096) + Noise.bytes(512, seed: 2)
    }

    private func write(_ name: String, workers: Int, codec: LogHeader.Codec = .zstd) throws {
        let made = LogSeal.make(owner: owner, disks: disks)
        var header = LogHeader(
            direction: .forward, pointKind: .standard, codec: codec, blockBytes: 4096, vm: "web",
            generation: 1, sequence: 1, baseSequence: 0, cutAt: Timestamp(microseconds: 1),
            previous: .zeros,
            disks: [ProtectedDisk(name: "disk0", size: ByteCount(content.count))])
        header.wrappedKey = made.wrapped
        let source = LogSource(size: Int64(content.count), extents: [0..<11]) {
            [content] offset, buffer in
            buffer.copyBytes(from: content[Int(offset)..<Int(offset) + buffer.count])
        }
        _ = try LogWriter(files: HostFiles(), workers: workers, seal: made.seal)
            .write(header, [source], to: folder.path(name))
    }

    private func open(_ name: String, _ owner: OwnerKey? = nil) throws -> ReplicationLog {
        try ReplicationLog(
            folder.path(name), files: HostFiles(),
            opening: LogOpening(owner: owner ?? self.owner, disks: disks))
    }

    @Test(arguments: [LogHeader.Codec.zstd, .none], [1, 2])
    func `a sealed log gives the blocks as the replica's disk holds them`(
        _ codec: LogHeader.Codec, _ workers: Int
    ) throws {
        try write("log", workers: workers, codec: codec)
        let log = try open("log")
        var expected = content
        expected.withUnsafeMutableBytes { disks.turn($0, disk: 0, at: 0, seals: true) }
        let found = Locked([UInt8](repeating: 0, count: content.count))
        try log.eachBatch(workers: workers) { reader, numbers in
            try reader.read(numbers)
            var place = 0
            for record in log.records[numbers] {
                let bytes = Array(reader.blocks[place..<place + Int(record.length)])
                let start = Int(record.offset)
                found.withLock { $0.replaceSubrange(start..<start + bytes.count, with: bytes) }
                place += bytes.count
            }
        }
        #expect(found.withLock { $0 } == expected)
        #expect(log.records.count == 11)
    }

    @Test func `nothing of the content shows, and compression still gains`() throws {
        try write("log", workers: 2)
        let bytes = Data(try folder.bytes("log"))
        #expect(bytes.range(of: Data([UInt8](repeating: 65, count: 32))) == nil)
        #expect(bytes.range(of: Data(content[..<32])) == nil)
        #expect(bytes.count < 5 * 4096)
    }

    @Test func `without its key a log is known and closed, under another it is damaged`() throws {
        try write("log", workers: 1)
        let log = try ReplicationLog(folder.path("log"), files: HostFiles())
        #expect(log.header.vm == "web")
        let closed = #expect(throws: Failure.self) { try log.verify(workers: 1) }
        #expect(closed?.code == .keyMissing)
        let other = try OwnerKey(bytes: Noise.bytes(32, seed: 99))
        let wrong = #expect(throws: Failure.self) { try open("log", other) }
        #expect(wrong?.code == .logDamaged)
    }

    /// With the sums of accidents mended: only the seal can tell.
    @Test func `a log that was changed on purpose is found out by its seal`() throws {
        try write("log", workers: 1)
        let original = try folder.bytes("log")
        let log = try open("log")
        let record = log.records[0]
        var payload = original
        payload[Int(record.position) + LogRecord.bytes + 5] ^= 1
        try folder.write("payload", payload)
        let first = #expect(throws: Failure.self) { try open("payload").verify(workers: 1) }
        #expect(first?.code == .logDamaged)
        var index = original
        let tail = original.count - LogTrailer.bytes
        let place = tail - AuthenticatedCipher.tagBytes - log.records.count * LogRecord.indexBytes
        index[place + 24] ^= 1
        let head = try headBytes(original)
        let hash = index.withUnsafeBytes { bytes in
            LogTrailer.hash(
                header: UnsafeRawBufferPointer(rebasing: bytes[..<head]),
                index: UnsafeRawBufferPointer(
                    rebasing: bytes[place..<tail - AuthenticatedCipher.tagBytes]))
        }
        var sums = LogBytes()
        sums.append(hash)
        index.replaceSubrange(tail + 24..<tail + 40, with: sums.bytes)
        try folder.write("index", index)
        let second = #expect(throws: Failure.self) { try open("index") }
        #expect(second?.code == .logDamaged)
        #expect(second?.message.contains("sealed") == true)
    }

    private func headBytes(_ log: [UInt8]) throws -> Int {
        log.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) }
    }
}
