// Which blocks of a disk are spoken of: bytes rounded outwards, neighbours joined.
import Fabric
import Model

/// Byte ranges as ranges of blocks, rounded outwards, sorted and joined.
struct BlockExtents: Sendable {
    private(set) var ranges: [Range<BlockIndex>] = []

    init(_ bytes: [Range<Int64>], blockBytes: Int, blocks: Int) {
        for range in bytes where range.lowerBound < range.upperBound {
            let start = Int(range.lowerBound / Int64(blockBytes))
            let end = Int((range.upperBound + Int64(blockBytes) - 1) / Int64(blockBytes))
            if start < min(end, blocks) { append(start..<min(end, blocks)) }
        }
    }

    /// The union of sorted extents with all blocks whose hash says that they are not zeros.
    init(_ extents: [Range<BlockIndex>], joinedWith hashes: [BlockHash]) {
        var rest = extents[...]
        for (index, hash) in hashes.enumerated() {
            while let first = rest.first, first.lowerBound <= index { append(rest.removeFirst()) }
            if hash != .zeros { append(index..<index + 1) }
        }
        for extent in rest { append(extent) }
    }

    private mutating func append(_ range: Range<BlockIndex>) {
        if let last = ranges.last, last.upperBound >= range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
        } else {
            ranges.append(range)
        }
    }
}
