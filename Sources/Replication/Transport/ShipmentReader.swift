// Reads a log in pieces from its beginning and keeps the hash of what was read: both ends of a
// transport compare by it.
import Model
import SystemXxhash

/// Blocks. One caller at a time.
final class ShipmentReader: @unchecked Sendable {
    // Unchecked: one delivery owns it and asks one thing after the other.
    private let file: any DurableFile
    private let state = XXH3_createState()
    private var position: Int64 = 0
    /// Read to hash, in pieces of this size.
    private static let hashedBytes = 1 << 20

    init(_ file: any DurableFile) {
        self.file = file
        XXH3_128bits_reset(state)
    }

    deinit { XXH3_freeState(state) }

    func size() throws -> Int64 { try file.size() }

    /// The hash of all bytes read up to here.
    var hash: BlockHash {
        let hash = XXH3_128bits_digest(state)
        return BlockHash(low: hash.low64, high: hash.high64)
    }

    /// Reads on to `end`, from where it stands, and returns the hash of everything before it.
    func hash(upTo end: Int64) throws -> BlockHash {
        while position < end {
            let count = Int(min(Int64(Self.hashedBytes), end - position))
            guard try !next(count).isEmpty else { break }
        }
        return hash
    }

    /// Up to `count` bytes; none at the end of the file.
    func next(_ count: Int) throws -> [UInt8] {
        let piece = try [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: position)
        }
        _ = piece.withUnsafeBytes { XXH3_128bits_update(state, $0.baseAddress, $0.count) }
        position += Int64(piece.count)
        return piece
    }
}
