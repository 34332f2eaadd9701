// A disk as a log takes it, and the share of it that one worker handles at a time: up to 1 MiB, so
// that reads are large and memory is small.
import Fabric
import Model

/// A disk to be logged: which blocks, and how to read them.
struct LogSource: Sendable {
    let size: Int64
    let extents: [Range<BlockIndex>]
    let read: @Sendable (_ offset: Int64, _ into: UnsafeMutableRawBufferPointer) throws -> Void
    /// The hashes of the blocks the other side holds: equal ones are left out.
    var known: [BlockHash]?

    /// The same disk with nothing to log.
    var empty: LogSource { LogSource(size: size, extents: [], read: read) }
}

/// Blocks of one disk, some of them neighbours.
struct LogChunk: Sendable {
    static let bytesMax = 1 << 20

    var number: Int
    var disk: Int
    var runs: [Range<BlockIndex>]
}

/// Hands out the chunks of all sources in order.
struct LogChunkCursor {
    private let extents: [[Range<BlockIndex>]]
    private let blocksMax: Int
    private var number = 0
    private var disk = 0
    private var extent = 0
    private var block: BlockIndex?

    init(_ sources: [LogSource], blockBytes: Int) {
        extents = sources.map(\.extents)
        blocksMax = max(1, LogChunk.bytesMax / blockBytes)
    }

    /// nil at the end.
    mutating func next() -> LogChunk? {
        while disk < extents.count, extent == extents[disk].count {
            disk += 1
            extent = 0
        }
        guard disk < extents.count else { return nil }
        var chunk = LogChunk(number: number, disk: disk, runs: [])
        var room = blocksMax
        while room > 0, extent < extents[disk].count { chunk.runs.append(take(&room)) }
        number += 1
        return chunk
    }

    private mutating func take(_ room: inout Int) -> Range<BlockIndex> {
        let range = extents[disk][extent]
        let start = block ?? range.lowerBound
        let end = min(range.upperBound, start + room)
        room -= end - start
        block = end
        if end == range.upperBound {
            block = nil
            extent += 1
        }
        return start..<end
    }
}
