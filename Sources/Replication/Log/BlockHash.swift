// The xxh3-128 of a block's bytes. It finds accidents, not tampering; authenticity is the
// transport's job.
import Model
import SystemXxhash

/// All zero for a block of zeros, whatever its length: so a hash file that is a hole says "zeros".
package struct BlockHash: Sendable, Hashable {
    package var low: UInt64
    package var high: UInt64

    package static let zeros = BlockHash(low: 0, high: 0)
    package static let bytes = 16

    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The hash of the bytes as they are, zeros or not.
    package init(of bytes: UnsafeRawBufferPointer) {
        let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
        self.init(low: hash.low64, high: hash.high64)
    }

    /// The hash of a block: ``zeros`` when it holds nothing else.
    package init(ofBlock bytes: UnsafeRawBufferPointer) {
        self = bytes.isAllZero ? .zeros : BlockHash(of: bytes)
    }
}

extension BlockHash: CustomStringConvertible {
    /// 32 hexadecimal digits, high half first.
    package var description: String { Self.digits(high) + Self.digits(low) }

    /// Reads ``description`` back; empty text is ``zeros``, as before the first log.
    init(text: String) {
        let (high, low) = (text.prefix(16), text.dropFirst(16))
        self.init(low: UInt64(low, radix: 16) ?? 0, high: UInt64(high, radix: 16) ?? 0)
    }

    private static func digits(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
