// One bit a block, in memory that other processes map too. Bits are set by any writer at any time,
// so every word is atomic; clearing and merging happen under the machine's exclusive lock only.
import Synchronization

/// A set of block numbers in shared memory. Whoever makes one keeps the memory mapped.
struct Bitmap: @unchecked Sendable {
    // Unchecked: the words are atomics, and the mapping outlives the bitmap (`ChangeMap` owns
    // both).
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    let blockCount: Int

    static func byteCount(blockCount: Int) -> Int { (blockCount + 63) / 64 * 8 }

    init(at memory: UnsafeMutableRawPointer, blockCount: Int) {
        words = memory.assumingMemoryBound(to: Atomic<UInt64>.self)
        self.blockCount = blockCount
    }

    private var wordCount: Int { (blockCount + 63) / 64 }

    private func word(_ index: Int) -> UInt64 { words[index].load(ordering: .relaxed) }

    /// Sequentially consistent: who reads a disk and then finds the bit clear has read from before
    /// whatever was done after ``insert(_:)``.
    func contains(_ block: Int) -> Bool {
        words[block / 64].load(ordering: .sequentiallyConsistent) & (1 << UInt64(block % 64)) != 0
    }

    func containsAll(of blocks: Range<Int>) -> Bool { blocks.allSatisfy(contains) }

    func insert(_ block: Int) { insert(block..<(block + 1)) }

    func insert(_ blocks: Range<Int>) {
        var block = blocks.lowerBound
        while block < blocks.upperBound {
            let end = min(blocks.upperBound, (block / 64 + 1) * 64)
            let ones = ~UInt64(0) >> UInt64(64 - (end - block))
            let mask = ones << UInt64(block % 64)
            // A word that has the bits already is not written: its cache line stays shared.
            if words[block / 64].load(ordering: .sequentiallyConsistent) & mask != mask {
                words[block / 64].bitwiseOr(mask, ordering: .sequentiallyConsistent)
            }
            block = end
        }
    }

    func removeAll() {
        for index in 0..<wordCount where word(index) != 0 {
            words[index].store(0, ordering: .relaxed)
        }
    }

    func formUnion(_ other: Bitmap) {
        for index in 0..<wordCount where other.word(index) != 0 {
            words[index].bitwiseOr(other.word(index), ordering: .relaxed)
        }
    }

    /// The blocks as sorted ranges that do not touch.
    var ranges: [Range<Int>] {
        var found: [Range<Int>] = []
        for index in 0..<wordCount {
            // What stands behind the last block is nobody's mark.
            let count = min(64, blockCount - index * 64)
            var rest = word(index) & ~UInt64(0) >> UInt64(64 - count)
            while rest != 0 {
                let start = rest.trailingZeroBitCount
                let length = (~(rest >> UInt64(start))).trailingZeroBitCount
                found.appendJoining((index * 64 + start)..<(index * 64 + start + length))
                rest &= length == 64 ? 0 : ~(((1 << UInt64(length)) - 1) << UInt64(start))
            }
        }
        return found
    }

    /// How many blocks are in this set or in `other`.
    func unionCount(_ other: Bitmap) -> Int {
        (0..<wordCount).reduce(0) { $0 + (word($1) | other.word($1)).nonzeroBitCount }
    }
}

extension [Range<Int>] {
    /// Appends a range that does not begin before the last one; joins it when they touch.
    mutating func appendJoining(_ range: Range<Int>) {
        if let last, last.upperBound >= range.lowerBound {
            self[count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
        } else {
            append(range)
        }
    }
}
