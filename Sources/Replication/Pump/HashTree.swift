// The tree over a disk's block hashes (F-10). Its leaves are the hashes that came with the blocks;
// a node is over 256 of them, and the root over all nodes and the disk's shape. A cycle makes the
// nodes of the blocks it brought anew and reads no other leaf.
import Model

enum HashTree {
    static let leavesPerNode = 256
    static let nodeBytes = leavesPerNode * BlockHash.bytes

    static func nodeCount(blocks: Int) -> Int { (blocks + leavesPerNode - 1) / leavesPerNode }

    /// The node over leaves as they stand in memory, `nodeBytes` of them; what lies beyond the last
    /// block is zeros. Zeros when all leaves are.
    static func node(over leaves: UnsafeRawBufferPointer) -> BlockHash {
        precondition(leaves.count == nodeBytes, "a node is over \(leavesPerNode) leaves")
        return BlockHash(ofBlock: leaves)
    }

    static func nodes(over hashes: [BlockHash]) -> [BlockHash] {
        (0..<nodeCount(blocks: hashes.count)).map { number in
            let end = min((number + 1) * leavesPerNode, hashes.count)
            let leaves = hashes[number * leavesPerNode..<end]
            let padding = [BlockHash](repeating: .zeros, count: leavesPerNode - leaves.count)
            return (leaves + padding).withUnsafeBytes { node(over: $0) }
        }
    }

    /// The root; two disks have the same when they are of one shape and hold the same bytes.
    static func root(of nodes: [BlockHash], _ identity: HashFile.Identity) -> BlockHash {
        var bytes = LogBytes()
        bytes.append(UInt32(identity.blockBytes))
        bytes.append(identity.diskBytes)
        for node in nodes { bytes.append(node) }
        return bytes.bytes.withUnsafeBytes { BlockHash(of: $0) }
    }

    static func root(over hashes: [BlockHash], _ identity: HashFile.Identity) -> BlockHash {
        root(of: nodes(over: hashes), identity)
    }
}
