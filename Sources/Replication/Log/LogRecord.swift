// One block in a log, as the index has it; the record itself begins with the first 40 of these
// bytes.
//
//      0   4  number of the disk in the header
//      4   4  encoding: 0 zeros without payload, 1 raw, 2 zstd
//      8   8  offset on the disk, a multiple of the block size
//     16   4  bytes of the block; fewer than the block size only at the disk's end
//     20   4  bytes of the payload that follows; of a sealed log its tag of 16 bytes included
//     24  16  xxh3-128 of the block's bytes as the replica's disk holds them; zero for zeros
//     40   8  position of the record in the file (in the index only)
import Model

struct LogRecord: Sendable, Hashable {
    enum Encoding: UInt32, Sendable {
        case zeros = 0
        case raw = 1
        case zstd = 2
    }

    static let bytes = 40
    static let indexBytes = 48

    var disk: UInt32
    var encoding: Encoding
    var offset: Int64
    var length: UInt32
    var payloadLength: UInt32
    var hash: BlockHash
    var position: Int64

    /// Where the next record begins.
    var end: Int64 { position + Int64(Self.bytes) + Int64(payloadLength) }

    func encode(into buffer: UnsafeMutableRawBufferPointer) {
        buffer.storeBytes(of: disk.littleEndian, as: UInt32.self)
        buffer.storeBytes(of: encoding.rawValue.littleEndian, toByteOffset: 4, as: UInt32.self)
        buffer.storeBytes(of: offset.littleEndian, toByteOffset: 8, as: Int64.self)
        buffer.storeBytes(of: length.littleEndian, toByteOffset: 16, as: UInt32.self)
        buffer.storeBytes(of: payloadLength.littleEndian, toByteOffset: 20, as: UInt32.self)
        buffer.storeBytes(of: hash.low.littleEndian, toByteOffset: 24, as: UInt64.self)
        buffer.storeBytes(of: hash.high.littleEndian, toByteOffset: 32, as: UInt64.self)
    }

    func encodeForIndex(into buffer: UnsafeMutableRawBufferPointer) {
        encode(into: buffer)
        buffer.storeBytes(of: position.littleEndian, toByteOffset: Self.bytes, as: Int64.self)
    }

    /// nil when the encoding is none of the three.
    init?(index bytes: UnsafeRawBufferPointer) {
        var reader = LogBytesReader(bytes)
        guard let disk = reader.number(UInt32.self),
            let encoding = reader.number(UInt32.self).flatMap(Encoding.init),
            let offset = reader.number(Int64.self), let length = reader.number(UInt32.self),
            let payloadLength = reader.number(UInt32.self), let hash = reader.hash(),
            let position = reader.number(Int64.self)
        else { return nil }
        self.init(
            disk: disk, encoding: encoding, offset: offset, length: length,
            payloadLength: payloadLength, hash: hash, position: position)
    }

    init(
        disk: UInt32, encoding: Encoding, offset: Int64, length: UInt32, payloadLength: UInt32,
        hash: BlockHash, position: Int64
    ) {
        self.disk = disk
        self.encoding = encoding
        self.offset = offset
        self.length = length
        self.payloadLength = payloadLength
        self.hash = hash
        self.position = position
    }

    /// Does the record say what a writer could have written, at this place of the file?
    func isPlausible(in header: LogHeader, at tail: Int64) -> Bool {
        guard Int(disk) < header.disks.count, offset >= 0, position == tail,
            offset % Int64(header.blockBytes) == 0, offset < header.disks[Int(disk)].size.bytes
        else { return false }
        let rest = header.disks[Int(disk)].size.bytes - offset
        guard Int64(length) == min(Int64(header.blockBytes), rest) else { return false }
        let tag = header.isSealed ? UInt32(AuthenticatedCipher.tagBytes) : 0
        return switch encoding {
        case .zeros: payloadLength == 0 && hash == .zeros && header.codec != .none
        case .raw: payloadLength == length + tag && (hash != .zeros || header.codec == .none)
        case .zstd:
            payloadLength >= tag && payloadLength < length + tag && header.codec == .zstd
                && hash != .zeros
        }
    }

    /// Records stand in the order of disks and offsets, none twice.
    func follows(_ earlier: LogRecord) -> Bool {
        (earlier.disk, earlier.offset) < (disk, offset)
    }
}
