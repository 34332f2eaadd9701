// Hashes every block of an image: how a hash file begins, and how a replica that somebody else wrote to
// is understood again.
import Fabric
import Model

struct DiskScan: Sendable {
    let files: any FileSystem
    let workers: Int

    /// The hash of every block; holes are not read.
    func hashes(of image: String, _ identity: HashFile.Identity) throws -> [BlockHash] {
        let file = try files.open(image, .read)
        let ranges = try file.dataRanges()
        guard !ranges.isEmpty else { return [BlockHash](repeating: .zeros, count: identity.blocks) }
        let block = identity.blockBytes
        let extents = BlockExtents(ranges, blockBytes: block, blocks: identity.blocks)
        let source = LogSource(size: identity.diskBytes, extents: extents.ranges) { offset, into in
            try file.fill(into, at: offset)
        }
        let scanned = ScannedHashes(count: identity.blocks, source, blockBytes: block)
        try Workers.run(workers) { try scanned.work() }
        return scanned.hashes
    }
}

private final class ScannedHashes: @unchecked Sendable {
    // Unchecked: workers fill `buffer` at places that no two share, and it is read when they have
    // ended; `cursor` is under `lock`.
    private let buffer: UnsafeMutableBufferPointer<BlockHash>
    private let source: LogSource
    private let blockBytes: Int
    private let lock = Turnstile.Lock()
    private var cursor: LogChunkCursor

    init(count: Int, _ source: LogSource, blockBytes: Int) {
        buffer = .allocate(capacity: count)
        buffer.initialize(repeating: .zeros)
        self.source = source
        self.blockBytes = blockBytes
        cursor = LogChunkCursor([source], blockBytes: blockBytes)
    }

    deinit { buffer.deallocate() }

    var hashes: [BlockHash] { Array(buffer) }

    func work() throws {
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(LogChunk.bytesMax, blockBytes), alignment: 4096)
        defer { bytes.deallocate() }
        while let chunk = lock.with({ cursor.next() }) {
            for run in chunk.runs { try scan(run, bytes) }
        }
    }

    private func scan(_ run: Range<BlockIndex>, _ buffer: UnsafeMutableRawBufferPointer) throws {
        let start = Int64(run.lowerBound) * Int64(blockBytes)
        let count = Int(min(Int64(run.count) * Int64(blockBytes), source.size - start))
        let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        try source.read(start, bytes)
        for index in run {
            let from = (index - run.lowerBound) * blockBytes
            let block = bytes[from..<min(from + blockBytes, count)]
            self.buffer[index] = BlockHash(ofBlock: UnsafeRawBufferPointer(rebasing: block))
        }
    }
}

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
