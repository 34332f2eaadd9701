// Hashes every block of an image: how a hash file begins, and how a replica that somebody else
// wrote to is understood again.
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
        let pass = BlockPass(
            source, blocks: identity.blocks, blockBytes: block, target: nil)
        return try pass.run(workers: workers).hashes
    }
}
