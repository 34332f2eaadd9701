// One pass over the blocks of a disk by some workers: each block is hashed and, when there is
// somewhere to write it, copied where it differs from what is there. How a disk is scanned, and how
// a first copy is made.
import Fabric
import Model

final class BlockPass: @unchecked Sendable {
    // Unchecked: workers fill `found` at places that no two share, and it is read when they have
    // ended; `cursor` and `copied` are under `lock`.
    private let source: LogSource
    private let blockBytes: Int
    private let target: (any DurableFile)?
    private let found: UnsafeMutableBufferPointer<BlockHash>
    private let lock = Turnstile.Lock()
    private var cursor: LogChunkCursor
    private var copied: Int64 = 0

    /// Blocks outside the source's extents are taken to be zeros.
    init(_ source: LogSource, blocks: Int, blockBytes: Int, target: (any DurableFile)?) {
        self.source = source
        self.blockBytes = blockBytes
        self.target = target
        found = .allocate(capacity: blocks)
        found.initialize(repeating: .zeros)
        cursor = LogChunkCursor([source], blockBytes: blockBytes)
    }

    deinit { found.deallocate() }

    /// Returns the hash of every block, and how many bytes were copied.
    func run(workers: Int) throws -> (hashes: [BlockHash], copied: Int64) {
        try Workers.run(workers) { try self.work() }
        return (Array(found), copied)
    }

    private func work() throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(LogChunk.bytesMax, blockBytes), alignment: 4096)
        defer { buffer.deallocate() }
        while let chunk = lock.with({ cursor.next() }) {
            for run in chunk.runs { try pass(run, buffer) }
        }
    }

    private func pass(_ run: Range<BlockIndex>, _ buffer: UnsafeMutableRawBufferPointer) throws {
        let start = Int64(run.lowerBound) * Int64(blockBytes)
        let count = Int(min(Int64(run.count) * Int64(blockBytes), source.size - start))
        let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        try source.read(start, bytes)
        for index in run {
            let from = (index - run.lowerBound) * blockBytes
            let block = bytes[from..<min(from + blockBytes, count)]
            found[index] = BlockHash(ofBlock: UnsafeRawBufferPointer(rebasing: block))
        }
        guard let target else { return }
        for piece in differing(run) { try copy(piece, of: run, bytes, to: target) }
    }

    /// Neighbours that differ from what is there and are all zeros, or all not.
    private func differing(_ run: Range<BlockIndex>) -> [Range<BlockIndex>] {
        var pieces: [Range<BlockIndex>] = []
        for index in run where found[index] != source.known?[index] {
            let isZeros = found[index] == .zeros
            if let last = pieces.last, last.upperBound == index,
                (found[index - 1] == .zeros) == isZeros
            {
                pieces[pieces.count - 1] = last.lowerBound..<index + 1
            } else {
                pieces.append(index..<index + 1)
            }
        }
        return pieces
    }

    private func copy(
        _ piece: Range<BlockIndex>, of run: Range<BlockIndex>,
        _ bytes: UnsafeMutableRawBufferPointer, to target: any DurableFile
    ) throws {
        let from = (piece.lowerBound - run.lowerBound) * blockBytes
        let to = min((piece.upperBound - run.lowerBound) * blockBytes, bytes.count)
        let offset = Int64(piece.lowerBound) * Int64(blockBytes)
        if found[piece.lowerBound] == .zeros {
            try target.punchHole(at: offset, count: Int64(to - from))
        } else {
            try target.write(UnsafeRawBufferPointer(rebasing: bytes[from..<to]), at: offset)
            lock.with { copied += Int64(to - from) }
        }
    }
}
