// Sets of blocks over words, at their borders.
import Model
import Testing

@testable import Fabric

@Suite struct BitmapTests {
    private func withBitmap(_ count: Int, _ body: (Bitmap) -> Void) {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: Bitmap.byteCount(blockCount: count), alignment: 8)
        defer { memory.deallocate() }
        memory.initializeMemory(
            as: UInt8.self, repeating: 0, count: Bitmap.byteCount(blockCount: count))
        body(Bitmap(at: memory, blockCount: count))
    }

    @Test(arguments: [
        0..<1, 0..<64, 1..<64, 63..<65, 0..<65, 64..<128, 5..<195, 199..<200, 0..<200, 7..<7,
    ])
    func `a range that was inserted is found again`(range: Range<Int>) {
        withBitmap(200) { bitmap in
            bitmap.insert(range)
            #expect(bitmap.ranges == (range.isEmpty ? [] : [range]))
            #expect(bitmap.unionCount(bitmap) == range.count)
            #expect((0..<200).allSatisfy { bitmap.contains($0) == range.contains($0) })
            bitmap.removeAll()
            #expect(bitmap.ranges.isEmpty)
        }
    }

    @Test(arguments: 0..<50) func `ranges are the inserted blocks, sorted and apart`(seed: UInt64) {
        var numbers = SeededGenerator(seed: seed)
        let blocks = Set((0..<150).map { _ in Int.random(in: 0..<300, using: &numbers) })
        withBitmap(300) { bitmap in
            for block in blocks { bitmap.insert(block) }
            let ranges = bitmap.ranges
            #expect(Set(ranges.joined()) == blocks, "seed \(seed)")
            #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        }
    }
}
