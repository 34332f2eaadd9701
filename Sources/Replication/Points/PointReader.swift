// The disks as they were at an older point: undo logs laid over the images. Reads only.
import Fabric
import Model

package final class PointReader: Sendable {
    private struct Place: Hashable {
        var disk: Int
        var block: BlockIndex
    }

    private struct Found {
        var log: Int
        var record: Int
    }

    private let disks: [any DurableFile]
    private let sizes: [Int64]
    private let undo: [ReplicationLog]
    private let blockBytes: Int
    private let found: [Place: Found]

    /// `undo` in the order from the disks to the point.
    init(_ protection: Protection, disks: [any DurableFile], _ undo: [ReplicationLog]) throws {
        self.disks = disks
        self.undo = undo
        sizes = protection.disks.map(\.size.bytes)
        blockBytes = protection.blockBytes
        var found: [Place: Found] = [:]
        // A later log of the way lies nearer to the point: what it holds is right.
        for (number, log) in undo.enumerated() {
            for (record, content) in log.records.enumerated() {
                let block = BlockIndex(content.offset) / protection.blockBytes
                let place = Place(disk: Int(content.disk), block: block)
                found[place] = Found(log: number, record: record)
            }
        }
        self.found = found
    }

    /// Fills the buffer with the bytes of the point; raises `replication.log_damaged`.
    package func read(
        disk: Int, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
    ) throws {
        try disks[disk].fill(buffer, at: offset)
        if undo.isEmpty || buffer.isEmpty { return }
        var readers = [LogBatchReader?](repeating: nil, count: undo.count)
        let first = Int(offset) / blockBytes
        let last = (Int(offset) + buffer.count - 1) / blockBytes
        for block in first...last {
            guard let place = found[Place(disk: disk, block: block)] else { continue }
            let reader = readers[place.log] ?? LogBatchReader(undo[place.log], records: 1)
            readers[place.log] = reader
            try reader.read(place.record..<place.record + 1)
            overlay(reader.blocks, block, offset, buffer)
        }
    }

    private func overlay(
        _ content: UnsafeMutableRawBufferPointer, _ block: BlockIndex, _ offset: Int64,
        _ buffer: UnsafeMutableRawBufferPointer
    ) {
        let start = max(Int(offset), block * blockBytes)
        let end = min(Int(offset) + buffer.count, (block + 1) * blockBytes)
        let from = start - block * blockBytes
        UnsafeMutableRawBufferPointer(rebasing: buffer[(start - Int(offset))...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: content[from..<from + end - start]))
    }

    /// Writes a disk as it was at the point onto an image that reads as zeros, durably; opened by
    /// the cipher when the replica is sealed.
    func copy(
        disk: Int, to path: String, files: any FileSystem, opening cipher: DiskCipher? = nil
    ) throws {
        let target = try files.open(path, .stream)
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: LogChunk.bytesMax, alignment: 4096)
        defer { bytes.deallocate() }
        for extent in try extents(of: disk).ranges {
            var offset = Int64(extent.lowerBound) * Int64(blockBytes)
            let end = min(Int64(extent.upperBound) * Int64(blockBytes), sizes[disk])
            while offset < end {
                let part = UnsafeMutableRawBufferPointer(
                    rebasing: bytes[..<min(bytes.count, Int(end - offset))])
                try read(disk: disk, at: offset, into: part)
                cipher?.turn(part, disk: disk, at: offset, seals: false)
                try target.write(UnsafeRawBufferPointer(part), at: offset)
                offset += Int64(part.count)
            }
        }
        try target.sync()
    }

    private func extents(of disk: Int) throws -> BlockExtents {
        let blocks = Int((sizes[disk] + Int64(blockBytes) - 1) / Int64(blockBytes))
        let inUndo = found.keys.filter { $0.disk == disk }.map {
            Int64($0.block) * Int64(blockBytes)..<Int64($0.block + 1) * Int64(blockBytes)
        }
        let all = (try disks[disk].dataRanges() + inUndo).sorted { $0.lowerBound < $1.lowerBound }
        return BlockExtents(all, blockBytes: blockBytes, blocks: blocks)
    }
}
