// The last 48 bytes of a log. A log is whole when the trailer is there, counts the file's bytes
// rightly and its hash is that of header and index, which hold the hash of every block.
//
//      0   8  position of the index
//      8   8  number of records in the index
//     16   8  bytes of the whole file
//     24  16  the log's hash: xxh3-128 of the header's bytes followed by the index's
//     40   8  magic "MUSTREND"
import Model
import SystemXxhash

struct LogTrailer: Sendable, Hashable {
    static let magic: UInt64 = 0x444E_4552_5453_554D
    static let bytes = 48

    var indexPosition: Int64
    var count: Int64
    var fileBytes: Int64
    var hash: BlockHash

    var encoded: [UInt8] {
        var output = LogBytes()
        for number in [indexPosition, count, fileBytes] { output.append(number) }
        output.append(hash)
        output.append(Self.magic)
        return output.bytes
    }

    init(indexPosition: Int64, count: Int64, fileBytes: Int64, hash: BlockHash) {
        self.indexPosition = indexPosition
        self.count = count
        self.fileBytes = fileBytes
        self.hash = hash
    }

    /// nil when these bytes cannot be the trailer of a file of that size.
    init?(_ bytes: UnsafeRawBufferPointer, fileBytes size: Int64, tagBytes: Int) {
        var reader = LogBytesReader(bytes)
        guard let indexPosition = reader.number(Int64.self), let count = reader.number(Int64.self),
            let fileBytes = reader.number(Int64.self), let hash = reader.hash(),
            reader.number(UInt64.self) == Self.magic, fileBytes == size, indexPosition >= 0,
            count >= 0, count <= size / Int64(LogRecord.indexBytes),
            indexPosition <= size,
            indexPosition + count * Int64(LogRecord.indexBytes) + Int64(tagBytes + Self.bytes)
                == size
        else { return nil }
        self.init(indexPosition: indexPosition, count: count, fileBytes: fileBytes, hash: hash)
    }

    /// The log's hash, over two buffers as if they were one.
    static func hash(header: UnsafeRawBufferPointer, index: UnsafeRawBufferPointer) -> BlockHash {
        let state = XXH3_createState()
        defer { XXH3_freeState(state) }
        XXH3_128bits_reset(state)
        XXH3_128bits_update(state, header.baseAddress, header.count)
        XXH3_128bits_update(state, index.baseAddress, index.count)
        let hash = XXH3_128bits_digest(state)
        return BlockHash(low: hash.low64, high: hash.high64)
    }
}
