// What a replica passes on to a replica of its own. Its disks are written by applied logs, not by
// a guest, so that no change map knows; each log that is applied is kept under a second name until
// the extended replica has what it brought:
//
//     log received ─▶ onward/G-S.log, durable ─▶ applied to the replica's disks
//     cut          blocks of all kept logs together, read from the replica's disks
//     acknowledge  the logs of the cut are dropped
//
// A block that ten logs brought travels once. A log that was kept and never applied costs blocks
// that are equal, nothing else. A kept log that cannot be read makes the record lost: all is
// compared. The disks stand still while a cut is open, for whoever holds it has the machine's turn.
// Sealed ones are opened as they are read: what is sent is compressed first, and then sealed.
import Fabric
import Model

final class OnwardChanges: ChangeSource {
    private let folder: String
    private let disks: [ProtectedDisk]
    private let images: [String]
    private let blockBytes: Int
    private let files: any FileSystem
    private let opening: @Sendable () throws -> DiskCipher?
    /// The files of the open cut, by its number.
    private let open = Locked<(number: UInt64, files: [String])>((0, []))

    /// `images` in the order of the disks. `opening` tells what opens them, nil when they are not
    /// sealed; asked when something is cut, for nothing else needs the owner's key.
    init(
        _ folder: String, _ upstream: Protection, images: [String], files: any FileSystem,
        opening: @escaping @Sendable () throws -> DiskCipher?
    ) {
        self.opening = opening
        self.folder = folder
        disks = upstream.disks
        blockBytes = upstream.blockBytes
        self.images = images
        self.files = files
    }

    func cut(everything: Bool) throws -> Cut {
        let cipher = try opening()
        let names = try files.names(in: folder)
        let kept = everything ? nil : try? extents(names)
        let disks = try disks.enumerated().map { number, disk in
            let image = try files.open(images[number], .read)
            let extents = try kept?[number] ?? allocated(image, disk)
            return CutDisk(name: disk.name, size: disk.size, extents: extents) {
                offset, buffer in
                try image.fill(buffer, at: offset)
                cipher?.turn(buffer, disk: number, at: offset, seals: false)
            }
        }
        let number = open.withLock { state in
            state = (state.number + 1, names)
            return state.number
        }
        return Cut(
            token: CutToken(number: number),
            coverage: everything ? .everything : kept == nil ? .recordLost : .delta,
            blockBytes: blockBytes, disks: disks)
    }

    func acknowledge(_ token: CutToken) throws {
        for name in open.withLock({ $0.number == token.number ? $0.files : [] }) {
            try files.remove("\(folder)/\(name)")
        }
    }

    /// The logs are kept, so that their blocks are in the next cut.
    func fail(_ token: CutToken) throws {}

    func pendingBytes() throws -> ByteCount {
        let extents = try extents(try files.names(in: folder))
        let bytes = zip(disks, extents).map { disk, extents in
            let blocks = extents.reduce(0) { $0 + $1.count }
            return min(Int64(blocks) * Int64(blockBytes), disk.size.bytes)
        }
        return ByteCount(bytes.reduce(0, +))
    }

    /// The blocks that any of the kept logs brought, by disk.
    private func extents(_ names: [String]) throws -> [[Range<BlockIndex>]] {
        var marks = disks.map { BlockMarks(blocks: blocks(of: $0)) }
        for name in names {
            let log = try ReplicationLog("\(folder)/\(name)", files: files)
            for record in log.records where Int(record.disk) < disks.count {
                let end = record.offset + Int64(record.length)
                let first = BlockIndex(record.offset) / blockBytes
                for block in first..<(BlockIndex(end) + blockBytes - 1) / blockBytes {
                    marks[Int(record.disk)].insert(block)
                }
            }
        }
        return marks.map(\.ranges)
    }

    private func allocated(
        _ image: any DurableFile, _ disk: ProtectedDisk
    ) throws -> [Range<BlockIndex>] {
        BlockExtents(
            try image.dataRanges(), blockBytes: blockBytes, blocks: blocks(of: disk)
        ).ranges
    }

    private func blocks(of disk: ProtectedDisk) -> Int {
        Int((disk.size.bytes + Int64(blockBytes) - 1) / Int64(blockBytes))
    }
}
