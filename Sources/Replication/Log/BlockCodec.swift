// Blocks to payloads and back: zeros vanish, zstd where it gains, raw otherwise.
import Model
import SystemZstd

/// One worker's compressor and decompressor; not shared between threads.
final class BlockCodec {
    private var compressor: OpaquePointer?
    private var decompressor: OpaquePointer?
    /// Compression must save this much, or the payload stays raw: reading raw is cheaper.
    private static let gainPercentMin = 6
    private let level: Int32

    /// What goes forward crosses the line between sites: level 1. An undo log is written while its
    /// cycle waits, and most are never read: level -1 takes a quarter less of the processor's time
    /// for a tenth more of the disk.
    init(_ direction: LogHeader.Direction = .forward) { level = direction == .forward ? 1 : -1 }

    deinit {
        ZSTD_freeCCtx(compressor)
        ZSTD_freeDCtx(decompressor)
    }

    /// Writes the payload of a block whose hash is known; the target has room for the raw block.
    func encode(
        _ block: UnsafeRawBufferPointer, hash: BlockHash, codec: LogHeader.Codec,
        into target: UnsafeMutableRawBufferPointer
    ) -> (encoding: LogRecord.Encoding, count: Int) {
        if hash == .zeros, codec != .none { return (.zeros, 0) }
        if codec == .zstd {
            compressor = compressor ?? ZSTD_createCCtx()
            // zstd gives up by itself when the result does not fit: no gain, no work to the end.
            let room = block.count * (100 - Self.gainPercentMin) / 100
            let count = ZSTD_compressCCtx(
                compressor, target.baseAddress, room, block.baseAddress, block.count,
                level)
            if ZSTD_isError(count) == 0 { return (.zstd, count) }
        }
        target.copyMemory(from: block)
        return (.raw, block.count)
    }

    /// Fills the target with what the payload holds; false when it cannot be a block's.
    func decode(
        _ payload: UnsafeRawBufferPointer, _ encoding: LogRecord.Encoding,
        into target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        switch encoding {
        case .zeros:
            target.initializeMemory(as: UInt8.self, repeating: 0)
        case .raw:
            guard payload.count == target.count else { return false }
            target.copyMemory(from: payload)
        case .zstd:
            decompressor = decompressor ?? ZSTD_createDCtx()
            let count = ZSTD_decompressDCtx(
                decompressor, target.baseAddress, target.count, payload.baseAddress, payload.count)
            return count == target.count
        }
        return true
    }
}
