// One thread's part in writing a log: reads a chunk, hashes and compresses its blocks, takes its
// place, and seals what has one. Hashed is what the replica's disk will hold, which of an encrypted
// replica is not what was read.
import Fabric
import Model

final class LogWorker {
    private let tail: LogTail
    private let file: any DurableFile
    private let codec: BlockCodec
    private let cipher: AuthenticatedCipher?
    private let input: UnsafeMutableRawBufferPointer
    /// The blocks as the replica's disk will hold them, where that differs from the input.
    private let shown: UnsafeMutableRawBufferPointer?
    private let output: UnsafeMutableRawBufferPointer
    private var records: [LogRecord] = []
    private var used = 0

    init(_ tail: LogTail, _ file: any DurableFile) {
        self.tail = tail
        self.file = file
        codec = BlockCodec(tail.header.direction)
        let block = tail.header.blockBytes
        let bytes = max(LogChunk.bytesMax, block)
        input = .allocate(byteCount: bytes, alignment: 4096)
        cipher = tail.seal?.cipher(seals: true)
        shown = tail.seal.map { _ in .allocate(byteCount: bytes, alignment: 4096) }
        let heads = (bytes / block + 1) * (LogRecord.bytes + AuthenticatedCipher.tagBytes)
        output = .allocate(byteCount: bytes + heads, alignment: 4096)
    }

    deinit {
        input.deallocate()
        shown?.deallocate()
        output.deallocate()
    }

    func run() throws {
        while let chunk = tail.nextChunk() {
            records.removeAll(keepingCapacity: true)
            used = 0
            for run in chunk.runs { try encode(run, of: chunk.disk) }
            guard let place = tail.reserve(chunk.number, records, bytes: used) else { return }
            seal(from: place.first)
            if used > 0 {
                let bytes = UnsafeRawBufferPointer(rebasing: output[..<used])
                try file.write(bytes, at: place.position)
            }
        }
    }

    private func encode(_ run: Range<BlockIndex>, of disk: Int) throws {
        let source = tail.sources[disk]
        let block = Int64(tail.header.blockBytes)
        let start = Int64(run.lowerBound) * block
        let end = min(Int64(run.upperBound) * block, source.size)
        let bytes = UnsafeMutableRawBufferPointer(rebasing: input[..<Int(end - start)])
        try source.read(start, bytes)
        let seen = show(bytes, disk, at: start)
        for index in run {
            let from = Int(Int64(index) * block - start)
            let to = min(from + Int(block), bytes.count)
            let hash = BlockHash(ofBlock: UnsafeRawBufferPointer(rebasing: seen[from..<to]))
            if hash == source.known?[index] { continue }
            let content = UnsafeRawBufferPointer(rebasing: bytes[from..<to])
            encode(content, index: index, disk: disk, hash: hash)
        }
    }

    /// What was read, as the replica's disk will hold it.
    private func show(
        _ bytes: UnsafeMutableRawBufferPointer, _ disk: Int, at offset: Int64
    ) -> UnsafeMutableRawBufferPointer {
        guard let shown, let seal = tail.seal else { return bytes }
        let copy = UnsafeMutableRawBufferPointer(rebasing: shown[..<bytes.count])
        copy.copyMemory(from: UnsafeRawBufferPointer(bytes))
        seal.disks.turn(copy, disk: disk, at: offset, seals: true)
        return copy
    }

    /// Seals the payloads of the chunk, whose first record has that number in the log.
    private func seal(from first: Int) {
        guard let cipher else { return }
        for (index, record) in records.enumerated() where record.encoding != .zeros {
            let start = Int(record.position) + LogRecord.bytes
            let end = start + Int(record.payloadLength)
            let body = end - AuthenticatedCipher.tagBytes
            let tag = cipher.seal(
                UnsafeMutableRawBufferPointer(rebasing: output[start..<body]),
                nonce: LogSeal.nonce(ofRecord: first + index))
            UnsafeMutableRawBufferPointer(rebasing: output[body..<end]).copyBytes(from: tag)
        }
    }

    private func encode(
        _ content: UnsafeRawBufferPointer, index: BlockIndex, disk: Int, hash: BlockHash
    ) {
        let header = tail.header
        let place = UnsafeMutableRawBufferPointer(rebasing: output[used...])
        let payload = UnsafeMutableRawBufferPointer(rebasing: place[LogRecord.bytes...])
        let encoded = codec.encode(content, hash: hash, codec: header.codec, into: payload)
        let tagBytes =
            cipher == nil || encoded.encoding == .zeros ? 0 : AuthenticatedCipher.tagBytes
        let record = LogRecord(
            disk: UInt32(disk), encoding: encoded.encoding,
            offset: Int64(index) * Int64(header.blockBytes), length: UInt32(content.count),
            payloadLength: UInt32(encoded.count + tagBytes), hash: hash, position: Int64(used))
        record.encode(into: place)
        records.append(record)
        used += LogRecord.bytes + encoded.count + tagBytes
    }
}
