// The hashes of a replica's blocks, kept in step with its disk by every application, so that a
// resync reads the sender's side only.
//
//      0   8  magic "MUSTRHSH"
//      8   4  version, 2
//     12   4  block size in bytes
//     16   8  generation
//     24   8  bytes of the disk
//     32  16  xxh3-128 of the bytes before
//     48  16  zero
//     64      16 bytes per 256 blocks: the node over their hashes (`HashTree`)
//             16 bytes per block: its xxh3-128, zero for a block of zeros
//
// A block's hash is written with the block, its node when all blocks of a log are, both synced
// before the point is recorded. An application that died is repeated and makes the same again.
//
// Valid when the header says what is expected, the file has its length and every node is over its
// hashes. A file that is not is made anew from the disk itself: always right, only slower.
import Fabric
import Model

enum HashFile {
    static let magic: UInt64 = 0x4853_4852_5453_554D
    static let headerBytes = 64

    /// What a hash file must say of itself to be of use.
    struct Identity: Sendable, Hashable {
        var generation: Int
        var blockBytes: Int
        var diskBytes: Int64

        var blocks: Int { Int((diskBytes + Int64(blockBytes) - 1) / Int64(blockBytes)) }
        var fileBytes: Int64 { position(of: blocks) }

        /// Where the hash of a block stands.
        fileprivate func position(of block: BlockIndex) -> Int64 {
            Int64(headerBytes + (HashTree.nodeCount(blocks: blocks) + block) * BlockHash.bytes)
        }

        var header: [UInt8] {
            var output = LogBytes()
            output.append(HashFile.magic)
            output.append(UInt32(2))
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

    /// Raises `replication.log_damaged` when a node is not over its hashes.
    static func read(
        _ path: String, _ identity: Identity, files: any FileSystem
    ) throws -> [BlockHash] {
        let file = try files.open(path, .read)
        let nodes = HashTree.nodeCount(blocks: identity.blocks)
        let all = try [BlockHash](unsafeUninitializedCapacity: nodes + identity.blocks) {
            buffer, used in
            try file.fill(UnsafeMutableRawBufferPointer(buffer), at: Int64(headerBytes))
            // In memory as in the file: two little-endian words. Big-endian machines would swap
            // here.
            used = nodes + identity.blocks
        }
        let hashes = Array(all[nodes...])
        guard HashTree.nodes(over: hashes)[...] == all[..<nodes] else {
            throw Failure(
                .logDamaged, "\(path) is damaged: its nodes are not over its hashes",
                context: ["file": path])
        }
        return hashes
    }

    static func write(
        _ hashes: [BlockHash], at block: BlockIndex, _ identity: Identity,
        into file: any DurableFile
    ) throws {
        try hashes.withUnsafeBytes { try file.write($0, at: identity.position(of: block)) }
    }

    /// Makes the nodes over the blocks anew from the hashes that stand there.
    static func updateNodes(
        over blocks: some Sequence<BlockIndex>, _ identity: Identity, in file: any DurableFile
    ) throws {
        let leaves = UnsafeMutableRawBufferPointer.allocate(
            byteCount: HashTree.nodeBytes, alignment: 16)
        defer { leaves.deallocate() }
        for number in Set(blocks.map { $0 / HashTree.leavesPerNode }).sorted() {
            let first = number * HashTree.leavesPerNode
            try file.fill(leaves, at: identity.position(of: first))
            let node = HashTree.node(over: UnsafeRawBufferPointer(leaves))
            try writeNodes([node], at: number, into: file)
        }
    }

    private static func writeNodes(
        _ nodes: [BlockHash], at number: Int, into file: any DurableFile
    ) throws {
        let place = Int64(headerBytes + number * BlockHash.bytes)
        try nodes.withUnsafeBytes { try file.write($0, at: place) }
    }

    /// The root of the tree as the nodes have it.
    static func root(
        _ path: String, _ identity: Identity, files: any FileSystem
    ) throws -> BlockHash {
        let file = try files.open(path, .read)
        let count = HashTree.nodeCount(blocks: identity.blocks)
        let nodes = try [BlockHash](unsafeUninitializedCapacity: count) { buffer, used in
            try file.fill(UnsafeMutableRawBufferPointer(buffer), at: Int64(headerBytes))
            used = count
        }
        return HashTree.root(of: nodes, identity)
    }

    /// Makes the file durable, whole or not at all.
    static func create(
        _ path: String, in folder: String, _ identity: Identity, _ hashes: [BlockHash],
        files: any FileSystem
    ) throws {
        try files.makeFolder(folder)
        let file = try files.open(path + ".part", .create)
        try identity.header.withUnsafeBytes { try file.write($0, at: 0) }
        if hashes.contains(where: { $0 != .zeros }) {
            try writeNodes(HashTree.nodes(over: hashes), at: 0, into: file)
            try write(hashes, at: 0, identity, into: file)
        } else {
            // Of zeros alone only the last is written, for the length.
            try write([.zeros], at: hashes.count - 1, identity, into: file)
        }
        try file.sync()
        try files.rename(path + ".part", to: path)
        try files.syncFolder(folder)
    }
}
