// The log as a file: what is written is read back, whatever the codec and the number of workers;
// and nothing damaged is believed.
import Fabric
import Foundation
import Model
import Testing

@testable import Replication

@Suite struct ReplicationLogTests {
    private static let blockBytes = 4096
    private static let size = 10 * 4096 + 512

    private func header(_ codec: LogHeader.Codec = .zstd, disks: Int = 2) -> LogHeader {
        LogHeader(
            direction: .forward, pointKind: .appConsistent, codec: codec,
            blockBytes: Self.blockBytes, vm: "web", generation: 3, sequence: 7, baseSequence: 6,
            cutAt: Timestamp(microseconds: 12_345), previous: BlockHash(low: 1, high: 2),
            disks: (0..<disks).map {
                ProtectedDisk(name: "disk\($0)", size: ByteCount(Self.size))
            })
    }

    /// Noise, zeros and text in turn; the last block is shorter than the others.
    private func content(_ seed: UInt64) -> [UInt8] {
        (0..<11).flatMap { block -> [UInt8] in
            switch block % 3 {
            case 0: Noise.bytes(4096, seed: seed &+ UInt64(block))
            case 1: [UInt8](repeating: 0, count: 4096)
            default: [UInt8](repeating: UInt8(block), count: 4096)
            }
        }.prefix(Self.size).map { $0 }
    }

    private func sources(_ contents: [[UInt8]], _ extents: [Range<Int>]) -> [LogSource] {
        contents.map { content in
            LogSource(size: Int64(Self.size), extents: extents) { offset, buffer in
                buffer.copyBytes(from: content[Int(offset)..<Int(offset) + buffer.count])
            }
        }
    }

    private func blocks(of log: ReplicationLog) throws -> [String: [UInt8]] {
        let found = Locked<[String: [UInt8]]>([:])
        try log.eachBatch(workers: 2) { reader, numbers in
            try reader.read(numbers)
            var place = 0
            for record in log.records[numbers] {
                let bytes = Array(reader.blocks[place..<place + Int(record.length)])
                found.withLock { $0["\(record.disk)/\(record.offset)"] = bytes }
                place += Int(record.length)
            }
        }
        return found.withLock { $0 }
    }

    @Test(arguments: [LogHeader.Codec.none, .zstd], [1, 2, 3])
    func `what is written is read back`(_ codec: LogHeader.Codec, _ workers: Int) throws {
        let folder = try TemporaryFolder()
        let files = HostFiles()
        let contents = [content(1), content(2)]
        let header = header(codec)
        let written = try LogWriter(files: files, workers: workers)
            .write(header, sources(contents, [1..<4, 6..<11]), to: folder.path("a.log"))
        let log = try ReplicationLog(folder.path("a.log"), files: files)
        #expect(log.header == header)
        #expect(log.hash == written.hash)
        #expect(log.records.count == 16)
        #expect(log.extents(of: 1) == [1..<4, 6..<11])
        let found = try blocks(of: log)
        for disk in 0...1 {
            for block in [1, 2, 3, 6, 7, 8, 9, 10] {
                let range = block * 4096..<min((block + 1) * 4096, Self.size)
                #expect(found["\(disk)/\(block * 4096)"] == Array(contents[disk][range]))
            }
        }
    }

    @Test func `two workers write the same bytes as one`() throws {
        let folder = try TemporaryFolder()
        let contents = [content(1), content(2)]
        for workers in 1...2 {
            _ = try LogWriter(files: HostFiles(), workers: workers)
                .write(header(), sources(contents, [0..<11]), to: folder.path("\(workers)"))
        }
        #expect(try folder.bytes("1") == folder.bytes("2"))
    }

    @Test func `a log of nothing is whole`() throws {
        let folder = try TemporaryFolder()
        _ = try LogWriter(files: HostFiles(), workers: 2)
            .write(header(), sources([content(1), content(2)], []), to: folder.path("a.log"))
        let log = try ReplicationLog(folder.path("a.log"), files: HostFiles())
        try log.verify(workers: 2)
        #expect(log.records.isEmpty)
    }

    @Test func `blocks the other side holds are left out`() throws {
        let folder = try TemporaryFolder()
        let content = content(1)
        var source = sources([content], [0..<11])[0]
        source.known = (0..<11).map { block in
            let bytes = Array(content[block * 4096..<min((block + 1) * 4096, content.count)])
            return bytes.withUnsafeBytes { BlockHash(ofBlock: $0) }
        }
        source.known?[4] = .zeros
        source.known?[1] = BlockHash(low: 9, high: 9)
        _ = try LogWriter(files: HostFiles(), workers: 1)
            .write(header(disks: 1), [source], to: folder.path("a.log"))
        let log = try ReplicationLog(folder.path("a.log"), files: HostFiles())
        #expect(log.records.map(\.offset) == [4096])
        #expect(log.records[0].encoding == .zeros)
    }

    @Test func `a source that fails leaves no log that could be believed`() throws {
        let folder = try TemporaryFolder()
        let broken = LogSource(size: Int64(Self.size), extents: [0..<11]) { _, _ in
            throw Failure(.fileSystem, "the disk is gone")
        }
        #expect(throws: Failure.self) {
            try LogWriter(files: HostFiles(), workers: 2)
                .write(self.header(disks: 1), [broken], to: folder.path("a.log"))
        }
        #expect(throws: Failure.self) {
            try ReplicationLog(folder.path("a.log"), files: HostFiles())
        }
    }

    // Damage

    private enum Damage: CaseIterable {
        case truncate, flip, splice, extend
    }

    private func damage(
        _ bytes: [UInt8], _ other: [UInt8], _ generator: inout SeededGenerator
    ) -> [UInt8] {
        var damaged = bytes
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Damage.allCases.randomElement(using: &generator)! {
        case .truncate: damaged.removeLast(bytes.count - place)
        case .flip: damaged[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case .splice:
            let count = Int.random(in: 1...400, using: &generator)
            let from = Int.random(in: 0..<other.count, using: &generator)
            let piece = other[from..<min(other.count, from + count)]
            damaged.replaceSubrange(place..<min(bytes.count, place + piece.count), with: piece)
        case .extend: damaged.append(contentsOf: other.prefix(place))
        }
        return damaged
    }

    @Test func `no damaged log is believed, and every one is named with file and byte`() throws {
        let folder = try TemporaryFolder()
        let writer = LogWriter(files: HostFiles(), workers: 1)
        _ = try writer.write(
            header(), sources([content(1), content(2)], [0..<11]), to: folder.path("a"))
        _ = try writer.write(
            header(.none), sources([content(3), content(4)], [1..<9]), to: folder.path("b"))
        let (first, second) = (try folder.bytes("a"), try folder.bytes("b"))
        let seed = UInt64(20_261_121)
        var generator = SeededGenerator(seed: seed)
        for round in 0..<500 {
            let damaged = damage(first, second, &generator)
            if Data(damaged) == Data(first) { continue }
            try folder.write("c", damaged)
            let failure = #expect(throws: Failure.self, "seed \(seed), round \(round)") {
                try ReplicationLog(folder.path("c"), files: HostFiles()).verify(workers: 1)
            }
            #expect(failure?.code == .logDamaged, "seed \(seed), round \(round)")
            #expect(failure?.context["file"] == folder.path("c"))
            #expect(failure?.context["offset"].flatMap(Int.init) != nil)
        }
    }
}
