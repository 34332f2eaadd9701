// One thread's part in writing a log: reads a chunk, hashes and compresses its blocks, takes its
// place.
import Fabric
import Model

final class LogWorker {
    private let tail: LogTail
    private let file: any DurableFile
    private let codec = BlockCodec()
    private let input: UnsafeMutableRawBufferPointer
    private let output: UnsafeMutableRawBufferPointer
    private var records: [LogRecord] = []
    private var used = 0

    init(_ tail: LogTail, _ file: any DurableFile) {
        self.tail = tail
        self.file = file
        let block = tail.header.blockBytes
        let bytes = max(LogChunk.bytesMax, block)
        input = .allocate(byteCount: bytes, alignment: 4096)
        output = .allocate(
            byteCount: bytes + (bytes / block + 1) * LogRecord.bytes, alignment: 4096)
    }

    deinit {
        input.deallocate()
        output.deallocate()
    }

    func run() throws {
        while let chunk = tail.nextChunk() {
            records.removeAll(keepingCapacity: true)
            used = 0
            for run in chunk.runs { try encode(run, of: chunk.disk) }
            guard let place = tail.reserve(chunk.number, records, bytes: used) else { return }
            if used > 0 {
                try file.write(UnsafeRawBufferPointer(rebasing: output[..<used]), at: place)
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
        for index in run {
            let from = Int(Int64(index) * block - start)
            let to = min(from + Int(block), bytes.count)
            let content = UnsafeRawBufferPointer(rebasing: bytes[from..<to])
            encode(content, index: index, disk: disk, known: source.known?[index])
        }
    }

    private func encode(
        _ content: UnsafeRawBufferPointer, index: BlockIndex, disk: Int, known: BlockHash?
    ) {
        let hash = BlockHash(ofBlock: content)
        if hash == known { return }
        let header = tail.header
        let place = UnsafeMutableRawBufferPointer(rebasing: output[used...])
        let payload = UnsafeMutableRawBufferPointer(rebasing: place[LogRecord.bytes...])
        let encoded = codec.encode(content, hash: hash, codec: header.codec, into: payload)
        let record = LogRecord(
            disk: UInt32(disk), encoding: encoded.encoding,
            offset: Int64(index) * Int64(header.blockBytes), length: UInt32(content.count),
            payloadLength: UInt32(encoded.count), hash: hash, position: Int64(used))
        record.encode(into: place)
        records.append(record)
        used += LogRecord.bytes + encoded.count
    }
}
