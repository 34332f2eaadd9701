// A bit for every block of a disk: however many logs touch it, the room is the same.
import Fabric

struct BlockMarks: Sendable {
    private var words: [UInt64]
    private let blocks: Int

    init(blocks: Int) {
        self.blocks = blocks
        words = [UInt64](repeating: 0, count: (blocks + 63) / 64)
    }

    /// Blocks beyond the disk are passed over.
    mutating func insert(_ block: BlockIndex) {
        guard block < blocks else { return }
        words[block / 64] |= 1 << UInt64(block % 64)
    }

    /// The marked blocks, neighbours joined.
    var ranges: [Range<BlockIndex>] {
        var ranges: [Range<BlockIndex>] = []
        for (index, word) in words.enumerated() where word != 0 {
            var rest = word
            while rest != 0 {
                let start = index * 64 + rest.trailingZeroBitCount
                let count = (~(rest >> UInt64(start % 64))).trailingZeroBitCount
                append(start..<start + count, to: &ranges)
                rest &= count == 64 ? 0 : ~(((1 << UInt64(count)) - 1) << UInt64(start % 64))
            }
        }
        return ranges
    }

    private func append(_ range: Range<BlockIndex>, to ranges: inout [Range<BlockIndex>]) {
        if let last = ranges.last, last.upperBound == range.lowerBound {
            ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
            ranges.append(range)
        }
    }
}
