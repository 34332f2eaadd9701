// The hashes of a replica's blocks, kept in step with its disk by every application, so that a
// resync reads the sender's side only.
//
//      0   8  magic "MUSTRHSH"
//      8   4  version, 1
//     12   4  block size in bytes
//     16   8  generation
//     24   8  bytes of the disk
//     32  16  xxh3-128 of the bytes before
//     48  16  zero
//     64      16 bytes per block: its xxh3-128, zero for a block of zeros
//             16 bytes per 256 blocks: the xxh3-128 of their bytes above
//
// Valid when the header says what is expected, the file has its length and every sum is right. The
// sums of what an application touched are written after its hashes; one that dies is done again, or
// taken back, and touches the same. A file that is not valid is made anew from the disk itself:
// always right, only slower.
import Fabric
import Model

enum HashFile {
    static let magic: UInt64 = 0x4853_4852_5453_554D
    static let headerBytes = 64
    /// Blocks under one sum.
    static let groupBlocks = 256

    /// What a hash file must say of itself to be of use.
    struct Identity: Sendable, Hashable {
        var generation: Int
        var blockBytes: Int
        var diskBytes: Int64

        var blocks: Int { Int((diskBytes + Int64(blockBytes) - 1) / Int64(blockBytes)) }
        var groups: Int { (blocks + groupBlocks - 1) / groupBlocks }
        var fileBytes: Int64 { Int64(headerBytes + (blocks + groups) * BlockHash.bytes) }

        var header: [UInt8] {
            var output = LogBytes()
            output.append(HashFile.magic)
            output.append(UInt32(1))
            output.append(UInt32(blockBytes))
            output.append(Int64(generation))
            output.append(diskBytes)
            output.append(output.bytes.withUnsafeBytes { BlockHash(of: $0) })
            return output.bytes + [UInt8](repeating: 0, count: 16)
        }
    }

    static func isValid(
        _ path: String, _ identity: Identity, files: any FileSystem
    ) throws -> Bool {
        guard try files.stamp(path) != nil else { return false }
        let file = try files.open(path, .read)
        let header = try [UInt8](unsafeUninitializedCapacity: headerBytes) { buffer, used in
            used = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
        }
        return try header == identity.header && file.size() == identity.fileBytes
    }

    /// Raises `replication.log_damaged` when a sum is wrong.
    static func read(
        _ path: String, _ identity: Identity, files: any FileSystem
    ) throws -> [BlockHash] {
        let file = try files.open(path, .read)
        let count = identity.blocks + identity.groups
        let all = try [BlockHash](unsafeUninitializedCapacity: count) { buffer, used in
            try file.fill(UnsafeMutableRawBufferPointer(buffer), at: Int64(headerBytes))
            // In memory as in the file: two little-endian words. Big-endian machines would swap
            // here.
            used = count
        }
        let hashes = Array(all[..<identity.blocks])
        guard sums(hashes)[...] == all[identity.blocks...] else {
            throw Failure(
                .logDamaged, "\(path) is damaged: its sums are not those of its hashes",
                context: ["file": path])
        }
        return hashes
    }

    private static func sums(_ hashes: [BlockHash]) -> [BlockHash] {
        stride(from: 0, to: hashes.count, by: groupBlocks).map { start in
            hashes.withUnsafeBytes { bytes in
                let end = min(start + groupBlocks, hashes.count)
                return BlockHash(
                    of: UnsafeRawBufferPointer(
                        rebasing: bytes[start * BlockHash.bytes..<end * BlockHash.bytes]))
            }
        }
    }

    /// Writes the sums of the groups in which hashes were written; `blocks` is how many the disk
    /// has.
    static func writeSums(
        of groups: Set<Int>, blocks: Int, into file: any DurableFile
    ) throws {
        for group in groups.sorted() {
            let first = group * groupBlocks
            let count = min(groupBlocks, blocks - first)
            let hashes = try [BlockHash](unsafeUninitializedCapacity: count) { buffer, used in
                try file.fill(
                    UnsafeMutableRawBufferPointer(buffer),
                    at: Int64(headerBytes + first * BlockHash.bytes))
                used = count
            }
            try write(sums(hashes), at: blocks + group, into: file)
        }
    }

    static func write(
        _ hashes: [BlockHash], at block: BlockIndex, into file: any DurableFile
    ) throws {
        try hashes.withUnsafeBytes {
            try file.write($0, at: Int64(headerBytes + block * BlockHash.bytes))
        }
    }

    /// Makes the file durable, whole or not at all.
    static func create(
        _ path: String, in folder: String, _ identity: Identity, _ hashes: [BlockHash],
        files: any FileSystem
    ) throws {
        try files.makeFolder(folder)
        let file = try files.open(path + ".part", .create)
        try identity.header.withUnsafeBytes { try file.write($0, at: 0) }
        if hashes.contains(where: { $0 != .zeros }) { try write(hashes, at: 0, into: file) }
        try write(sums(hashes), at: identity.blocks, into: file)
        try file.sync()
        try files.rename(path + ".part", to: path)
        try files.syncFolder(folder)
    }
}
