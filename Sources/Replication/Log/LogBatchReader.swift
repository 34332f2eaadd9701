// Reads a log's blocks in batches of neighbouring records, each block checked against its hash.
import Fabric
import Glibc
import Model

/// One worker's reader; not shared between threads.
final class LogBatchReader {
    private let log: ReplicationLog
    private let codec = BlockCodec()
    private let cipher: AuthenticatedCipher?
    private let raw: UnsafeMutableRawBufferPointer
    /// The blocks of the last batch, one after the other.
    let blocks: UnsafeMutableRawBufferPointer

    /// For batches of up to `count` records.
    init(_ log: ReplicationLog, records count: Int) {
        self.log = log
        cipher = log.seal?.cipher(seals: false)
        let bytes = count * log.header.blockBytes
        let heads = count * (LogRecord.bytes + AuthenticatedCipher.tagBytes)
        raw = .allocate(byteCount: bytes + heads, alignment: 4096)
        blocks = .allocate(byteCount: bytes, alignment: 4096)
    }

    deinit {
        raw.deallocate()
        blocks.deallocate()
    }

    /// How many records a batch has at most.
    static func size(for header: LogHeader) -> Int {
        max(1, LogChunk.bytesMax / header.blockBytes)
    }

    /// Fills ``blocks``; raises `replication.log_damaged` at the first block that is not what was
    /// logged.
    func read(_ numbers: Range<Int>) throws {
        try log.requireOpen()
        try log.readRaw(numbers, into: raw)
        let start = log.records[numbers.lowerBound].position
        var filled = 0
        for number in numbers {
            let record = log.records[number]
            let place = Int(record.position - start)
            let target = UnsafeMutableRawBufferPointer(
                rebasing: blocks[filled..<filled + Int(record.length)])
            let isRight = hasHead(of: record, at: place) && decode(number, place, target)
            guard isRight else {
                throw LogDamage(path: log.path).at(
                    record.position,
                    "the block at byte \(record.offset) of disk "
                        + "\(log.header.disks[Int(record.disk)].name) is not what was logged")
            }
            filled += Int(record.length)
        }
    }

    private func hasHead(of record: LogRecord, at place: Int) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: LogRecord.bytes, alignment: 8) { head in
            record.encode(into: head)
            return memcmp(head.baseAddress!, raw.baseAddress! + place, LogRecord.bytes) == 0
        }
    }

    /// Fills the target with the block as the replica's disk holds it.
    private func decode(
        _ number: Int, _ place: Int, _ target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let record = log.records[number]
        let start = place + LogRecord.bytes
        var payload = UnsafeMutableRawBufferPointer(
            rebasing: raw[start..<start + Int(record.payloadLength)])
        if let cipher, record.encoding != .zeros {
            let tag = payload.count - AuthenticatedCipher.tagBytes
            let sealed = UnsafeMutableRawBufferPointer(rebasing: payload[..<tag])
            let isRight = cipher.open(
                sealed, nonce: LogSeal.nonce(ofRecord: number),
                tag: UnsafeRawBufferPointer(rebasing: payload[tag...]))
            guard isRight else { return false }
            payload = sealed
        }
        guard codec.decode(UnsafeRawBufferPointer(payload), record.encoding, into: target) else {
            return false
        }
        log.seal?.disks.turn(target, disk: Int(record.disk), at: record.offset, seals: true)
        return BlockHash(ofBlock: UnsafeRawBufferPointer(target)) == record.hash
    }
}

extension ReplicationLog {
    /// Checks every block; raises `replication.log_damaged` at the first that is wrong.
    package func verify(workers: Int) throws {
        try eachBatch(workers: workers) { reader, numbers in try reader.read(numbers) }
    }

    /// Hands out the records in batches of neighbours to workers with a reader each.
    func eachBatch(
        workers: Int, _ body: @escaping @Sendable (LogBatchReader, Range<Int>) throws -> Void
    ) throws {
        let size = LogBatchReader.size(for: header)
        let count = (records.count + size - 1) / size
        let next = Turnstile.Counter()
        try Workers.run(min(workers, max(1, count))) {
            let reader = LogBatchReader(self, records: size)
            while case let batch = next.take(), batch < count {
                try body(reader, batch * size..<min((batch + 1) * size, self.records.count))
            }
        }
    }
}
