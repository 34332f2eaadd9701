// Little-endian numbers in buffers: the bricks of every format of this room.
import Glibc
import Model

struct LogBytes {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ hash: BlockHash) {
        append(hash.low)
        append(hash.high)
    }

    /// Two bytes of length, then UTF-8.
    mutating func append(_ text: String) {
        append(UInt16(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}

/// Reads what ``LogBytes`` wrote; nil instead of reading past the end.
struct LogBytesReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
        let count = MemoryLayout<Number>.size
        guard bytes.count - position >= count else { return nil }
        defer { position += count }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: type))
    }

    mutating func hash() -> BlockHash? {
        guard let low = number(UInt64.self), let high = number(UInt64.self) else { return nil }
        return BlockHash(low: low, high: high)
    }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard bytes.count - position >= count else { return nil }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func text() -> String? {
        guard let count = number(UInt16.self), bytes.count - position >= count else { return nil }
        defer { position += Int(count) }
        let slice = bytes[position..<position + Int(count)]
        return String(validating: slice, as: UTF8.self)
    }
}

extension UnsafeRawBufferPointer {
    /// Compares the buffer with itself, shifted by one word whose bytes are zero.
    var isAllZero: Bool {
        guard count >= 16 else { return allSatisfy { $0 == 0 } }
        let head =
            loadUnaligned(as: UInt64.self) | loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        return head == 0 && memcmp(baseAddress!, baseAddress! + 16, count - 16) == 0
    }
}
