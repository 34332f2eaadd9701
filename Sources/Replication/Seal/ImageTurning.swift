// Turns images from sealed to open, or back, whole or not at all:
//
//     prepare   IMAGE.turned of every disk, synced       the images are untouched
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

    private static let ending = ".turned"

    func prepare(_ cipher: DiskCipher, seals: Bool) throws {
        for disk in disks.indices {
            let target = images[disk] + Self.ending
            do {
                try turn(disk, to: target, cipher, seals: seals)
            } catch {
                // A full disk must not stay full of what is worth nothing.
                try? files.remove(target)
                throw error
            }
        }
    }

    func finish() throws {
        for image in images where try files.stamp(image + Self.ending) != nil {
            try files.rename(image + Self.ending, to: image)
        }
        for image in images {
            try files.syncFolder(String(image[..<(image.lastIndex(of: "/") ?? image.endIndex)]))
        }
    }

    private func turn(_ disk: Int, to path: String, _ cipher: DiskCipher, seals: Bool) throws {
        let source = try files.open(images[disk], .read)
        let target = try files.open(path, .create)
        let size = disks[disk].size.bytes
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: LogChunk.bytesMax, alignment: 4096)
        defer { buffer.deallocate() }
        for range in try source.dataRanges() {
            // Outwards to whole units, which are sealed each as one.
            var offset =
                range.lowerBound / Int64(DiskCipher.unitBytes)
                * Int64(DiskCipher.unitBytes)
            while offset < min(range.upperBound, size) {
                let count = Int(min(Int64(buffer.count), size - offset))
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
                try source.fill(part, at: offset)
                cipher.turn(part, disk: disk, at: offset, seals: seals)
                try target.write(UnsafeRawBufferPointer(part), at: offset)
                offset += Int64(count)
            }
        }
        try close(target, size)
        try target.sync()
    }

    /// A hole at the end has its size too.
    private func close(_ target: any DurableFile, _ size: Int64) throws {
        guard try target.size() < size else { return }
        let zeros = [UInt8](repeating: 0, count: 512)
        try zeros.withUnsafeBytes { try target.write($0, at: size - Int64($0.count)) }
    }
}
