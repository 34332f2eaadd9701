// Turns images from sealed to open, or back, whole or not at all:
//
//     prepare   IMAGE.turned of every disk, synced,      the images are untouched
//               and their names
//     (the record says that they are being turned)
//     finish    IMAGE.turned renamed to IMAGE, one by one, the folder synced; may be asked again
//     (the record says that they are turned)
//
// Before the record a death leaves files that are written anew; after it, what is still called
// `.turned` is renamed. Costs room for the images once more while it lasts.
import Fabric
import Model

/// Blocks: call it on an i/o thread.
struct ImageTurning: Sendable {
    let disks: [ProtectedDisk]
    /// The images, in the order of `disks`.
    let images: [String]
    let files: any FileSystem
    let workers: Int

    private static let ending = ".turned"

    /// Returns the stamps the images will have; a rename leaves them.
    func prepare(_ cipher: DiskCipher, seals: Bool) throws -> [ImageStamp] {
        let stamps = try disks.indices.map { disk in
            let target = images[disk] + Self.ending
            do {
                try turn(disk, to: target, cipher, seals: seals)
                return try stamp(target)
            } catch {
                // A full disk must not stay full of what is worth nothing.
                try? files.remove(target)
                throw error
            }
        }
        // The record must not find an image that nobody has turned.
        try syncFolders()
        return stamps
    }

    private func stamp(_ path: String) throws -> ImageStamp {
        guard let stamp = try files.stamp(path) else {
            throw Failure(
                .fileSystem, "\(path) was removed while it was written; try again",
                context: ["path": path])
        }
        return stamp
    }

    func finish() throws {
        for image in images where try files.stamp(image + Self.ending) != nil {
            try files.rename(image + Self.ending, to: image)
        }
        try syncFolders()
    }

    private func syncFolders() throws {
        for image in images {
            try files.syncFolder(String(image[..<(image.lastIndex(of: "/") ?? image.endIndex)]))
        }
    }

    private func turn(_ disk: Int, to path: String, _ cipher: DiskCipher, seals: Bool) throws {
        let source = try files.open(images[disk], .read)
        let target = try files.open(path, .create)
        let size = disks[disk].size.bytes
        let pieces = Self.pieces(try source.dataRanges(), size)
        let next = Turnstile.Counter()
        try Workers.run(workers) {
            let buffer = UnsafeMutableRawBufferPointer.allocate(
                byteCount: LogChunk.bytesMax, alignment: 4096)
            defer { buffer.deallocate() }
            while case let number = next.take(), number < pieces.count {
                let piece = pieces[number]
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<piece.count])
                try source.fill(part, at: piece.lowerBound)
                cipher.turn(part, disk: disk, at: piece.lowerBound, seals: seals)
                try target.write(UnsafeRawBufferPointer(part), at: piece.lowerBound)
            }
        }
        try close(target, size)
        try target.sync()
    }

    /// What holds data, outwards to whole units, which are sealed each as one, and no piece twice.
    private static func pieces(_ ranges: [Range<Int64>], _ size: Int64) -> [Range<Int64>] {
        let unit = Int64(DiskCipher.unitBytes)
        var pieces: [Range<Int64>] = []
        for range in ranges {
            let start = max(range.lowerBound / unit * unit, pieces.last?.upperBound ?? 0)
            let end = min((range.upperBound + unit - 1) / unit * unit, size)
            for start in stride(from: start, to: end, by: LogChunk.bytesMax) {
                pieces.append(start..<min(start + Int64(LogChunk.bytesMax), end))
            }
        }
        return pieces
    }

    /// A hole at the end has its size too.
    private func close(_ target: any DurableFile, _ size: Int64) throws {
        guard try target.size() < size else { return }
        let zeros = [UInt8](repeating: 0, count: 512)
        try zeros.withUnsafeBytes { try target.write($0, at: size - Int64($0.count)) }
    }
}
