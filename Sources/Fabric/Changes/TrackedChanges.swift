// The change source over a change map: tracked writes while the machine runs, the guards while it
// is off, and all allocated blocks where the record was lost.
import Glibc
import Model

/// The tracked writes of one machine of the embedded fabric.
struct TrackedChanges: ChangeSource {
    private let map: ChangeMap

    init(_ map: ChangeMap) { self.map = map }

    func cut(everything: Bool) throws -> Cut {
        let files = try map.layout.disks.indices.map { try CutFiles(map, disk: $0) }
        let (state, coverage) = try map.openCut(everything: everything)
        do {
            let disks = try files.enumerated().map { index, files in
                try disk(index, state, files)
            }
            return Cut(
                token: CutToken(number: state.number), coverage: coverage,
                blockBytes: map.layout.blockBytes, disks: disks)
        } catch {
            try map.failCut(state.number)
            throw error
        }
    }

    func acknowledge(_ token: CutToken) throws { try map.acknowledge(token.number) }

    func fail(_ token: CutToken) throws { try map.failCut(token.number) }

    func hold() throws { try map.hold() }

    func release() { map.release() }

    func pendingBytes() throws -> ByteCount {
        if let bytes = map.pendingBytes() { return ByteCount(bytes) }
        let allocated = try map.layout.disks.indices.map { disk in
            try OpenFile(map.imagePath(disk), O_RDONLY).allocatedRanges()
                .reduce(Int64(0)) { $0 + ($1.upperBound - $1.lowerBound) }
        }
        return ByteCount(allocated.reduce(0, +))
    }

    private func disk(_ index: Int, _ state: CutState, _ files: CutFiles) throws -> CutDisk {
        let extents =
            state.isEverything
            ? try allocatedBlocks(files.image) : map.marks(index, 1 - state.marked).ranges
        let disk = map.layout.disks[index]
        return CutDisk(name: disk.name, size: ByteCount(disk.size), extents: extents) {
            [map] offset, buffer in
            try map.read(
                cut: state, disk: index, at: offset, into: buffer, image: files.image,
                fleece: files.fleece)
        }
    }

    /// Asked after the instant of the cut: what was allocated since reads as the zeros it was.
    private func allocatedBlocks(_ image: OpenFile) throws -> [Range<BlockIndex>] {
        var blocks: [Range<BlockIndex>] = []
        for range in try image.allocatedRanges() {
            blocks.appendJoining(
                map.blocks(range.lowerBound, Int(range.upperBound - range.lowerBound)))
        }
        return blocks
    }
}

/// The files a cut of one disk reads; opened for each cut, since an image may have been put back.
private struct CutFiles: Sendable {
    let image: OpenFile
    let fleece: OpenFile

    init(_ map: ChangeMap, disk: Int) throws {
        image = try OpenFile(map.imagePath(disk), O_RDONLY)
        fleece = try OpenFile(map.fleecePath(disk), O_RDWR | O_CREAT)
    }
}
