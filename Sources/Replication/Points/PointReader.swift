// The disks as they were at another point: logs laid over the images. Reads only.
import Fabric
import Model

package final class PointReader: Sendable {
    private let disks: [any DurableFile]
    private let sizes: [Int64]
    private let blockBytes: Int
    private let sealing: DiskCipher?
    let overlay: LogOverlay

    /// `logs` in the order from the disks to the point. `sealing` for disks that were opened while
    /// the logs are sealed: what is read is sealed.
    init(
        _ protection: Protection, disks: [any DurableFile], _ logs: [ReplicationLog],
        sealing: DiskCipher? = nil
    ) {
        self.disks = disks
        self.sealing = sealing
        sizes = protection.disks.map(\.size.bytes)
        blockBytes = protection.blockBytes
        overlay = LogOverlay(logs, blockBytes: protection.blockBytes)
    }

    /// Fills the buffer with the bytes of the point; raises `replication.log_damaged`.
    package func read(
        disk: Int, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
    ) throws {
        try disks[disk].fill(buffer, at: offset)
        sealing?.turn(buffer, disk: disk, at: offset, seals: true)
        try overlay.lay(disk: disk, at: offset, over: buffer)
    }

    /// Writes a disk as it was at the point onto an image that reads as zeros, durably; opened by
    /// the cipher when the replica is sealed. Where the file system can, and nothing is to be
    /// opened, the image shares the blocks of the disk, and only what the logs hold is written.
    func copy(
        disk: Int, to path: String, files: any FileSystem, opening cipher: DiskCipher? = nil
    ) throws {
        let isShared = try cipher == nil && files.clone(disks[disk].path, to: path)
        let target = try files.open(path, .stream)
        let extents = try isShared ? overlay.extents(of: disk) : extents(of: disk)
        try copy(extents, of: disk, to: target, cipher)
        try target.sync()
    }

    private func copy(
        _ extents: [Range<BlockIndex>], of disk: Int, to target: any DurableFile,
        _ cipher: DiskCipher?
    ) throws {
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: LogChunk.bytesMax, alignment: 4096)
        defer { bytes.deallocate() }
        for extent in extents {
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
    }

    /// The blocks that may hold something else than zeros.
    func extents(of disk: Int) throws -> [Range<BlockIndex>] {
        let blocks = Int((sizes[disk] + Int64(blockBytes) - 1) / Int64(blockBytes))
        let inLogs = overlay.extents(of: disk).map {
            Int64($0.lowerBound) * Int64(blockBytes)..<Int64($0.upperBound) * Int64(blockBytes)
        }
        let all = (try disks[disk].dataRanges() + inLogs).sorted { $0.lowerBound < $1.lowerBound }
        return BlockExtents(all, blockBytes: blockBytes, blocks: blocks).ranges
    }
}
