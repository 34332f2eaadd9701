// What compression makes of a machine's writes, tried on a few of its blocks, and what hashing and
// compressing costs on this processor.
import Fabric
import Model

struct CompressionSample: Sendable {
    /// Blocks tried of each disk in a look.
    private static let blocksMax = 8
    private var plain: Int64 = 0
    private var packed: Int64 = 0

    /// Bytes that cross for a byte that changed.
    var ratio: Double { plain > 0 ? Double(packed) / Double(plain) : 1 }

    mutating func add(plain: Int64, packed: Int64) {
        guard plain > 0, packed > 0 else { return }
        self.plain += plain
        self.packed += packed
    }

    /// Tries the first blocks of each disk of an open cut.
    mutating func add(_ cut: Cut) throws {
        let codec = BlockCodec()
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: cut.blockBytes, alignment: 4096)
        let payload = UnsafeMutableRawBufferPointer.allocate(
            byteCount: cut.blockBytes, alignment: 4096)
        defer {
            block.deallocate()
            payload.deallocate()
        }
        for disk in cut.disks {
            for index in disk.extents.joined().prefix(Self.blocksMax) {
                let offset = Int64(index) * Int64(cut.blockBytes)
                let count = Int(min(Int64(cut.blockBytes), disk.size.bytes - offset))
                let bytes = UnsafeMutableRawBufferPointer(rebasing: block[..<count])
                try disk.read(offset, bytes)
                add(plain: Int64(count), packed: codec.packed(bytes, into: payload))
            }
        }
    }

    /// Hashes and compresses noise, the dearest there is.
    static func secondsPerByte() -> Double {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        let payload = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer {
            bytes.deallocate()
            payload.deallocate()
        }
        var number: UInt64 = 1
        for offset in stride(from: 0, to: bytes.count, by: 8) {
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes.storeBytes(of: number, toByteOffset: offset, as: UInt64.self)
        }
        let codec = BlockCodec()
        let elapsed = ContinuousClock().measure { _ = codec.packed(bytes, into: payload) }
        return elapsed.seconds / Double(bytes.count)
    }
}

extension BlockCodec {
    /// The bytes a block takes in a log.
    fileprivate func packed(
        _ block: UnsafeMutableRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int64 {
        let bytes = UnsafeRawBufferPointer(block)
        let hash = BlockHash(ofBlock: bytes)
        return Int64(encode(bytes, hash: hash, codec: .zstd, into: target).count + LogRecord.bytes)
    }
}
