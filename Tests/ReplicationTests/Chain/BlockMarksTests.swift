// A bit a block, against a set.
import Model
import Testing

@testable import Replication

@Suite struct BlockMarksTests {
    @Test func `marks of blocks come out as they went in`() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<50 {
            let blocks = Int.random(in: 1...300, using: &generator)
            var marks = BlockMarks(blocks: blocks)
            var wanted: Set<Int> = []
            for _ in 0..<Int.random(in: 0...400, using: &generator) {
                let block = Int.random(in: 0..<blocks, using: &generator)
                marks.insert(block)
                wanted.insert(block)
            }
            marks.insert(blocks)
            #expect(Set(marks.ranges.joined()) == wanted, "seed 11")
            for (left, right) in zip(marks.ranges, marks.ranges.dropFirst()) {
                #expect(left.upperBound < right.lowerBound, "seed 11")
            }
        }
    }
}
