// A disk as its guest sees it: the only way to write a running machine's disk, so that every write
// is marked in the machine's change map before it lands. Any number of handles in any number of
// processes.
import Glibc
import Model

/// The disk of one machine, opened for whoever plays the guest.
///
/// One handle does one write at a time and may be shared by threads; open several for parallel
/// queues.
package final class DiskImage: Sendable {
    package let size: ByteCount
    private let map: ChangeMap
    private let disk: Int
    private let image: OpenFile
    private let fleece: OpenFile
    private let door: ApplicationDoor

    /// Opens disk `name` of the machine whose folder is `folder` (`EmbeddedFabric.folder(of:)`).
    package init(folder: String, disk name: String) throws {
        map = try ChangeMap.open(folder: folder)
        let names = map.layout.disks.map(\.name)
        guard let disk = names.firstIndex(of: name) else {
            throw Failure(
                .unknownName,
                "there is no disk image '\(name)' in \(folder)"
                    + Spelling.hint(for: name, among: names),
                context: ["disk": name, "folder": folder])
        }
        self.disk = disk
        size = ByteCount(map.layout.disks[disk].size)
        image = try OpenFile(map.imagePath(disk), O_RDWR)
        fleece = try OpenFile(map.fleecePath(disk), O_RDWR | O_CREAT)
        door = try ApplicationDoor(folder: folder)
        guard try image.status().size == size.bytes else {
            throw Failure(
                .diskMissing, "\(image.path) is not of its machine's size, \(size.bytes) bytes",
                context: ["path": image.path])
        }
    }

    /// Writes at `offset`. Blocks. Raises `fabric.disk_off` unless the machine runs, and
    /// `fabric.disk_out_of_range` beyond the disk's end. Marked before it is written.
    package func write(at offset: Int64, _ bytes: UnsafeRawBufferPointer) throws {
        try checkRange(offset, bytes.count)
        try map.write(bytes, at: offset, disk: disk, image: image, fleece: fleece)
    }

    /// Runs an application's writes that belong together, to this disk and the machine's others:
    /// an application-consistent cut holds all of them or none. Waits while such a cut is made.
    /// Blocks. Transactions of one machine run side by side; one within another is a deadlock in
    /// waiting.
    package func transaction<Result>(_ writes: () throws -> Result) throws -> Result {
        try door.pass(writes)
    }

    /// Reads at `offset`, running or not. Raises `fabric.disk_out_of_range` beyond the disk's end.
    package func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws {
        try checkRange(offset, buffer.count)
        try image.read(at: offset, into: buffer)
    }

    /// Makes the disk equal to another image of its size, writing only blocks that differ: how a
    /// lab plays a guest that changed files. Returns the bytes written.
    @discardableResult
    package func apply(imageFile: String) throws -> ByteCount {
        let source = try OpenFile(imageFile, O_RDONLY)
        guard try source.status().size == size.bytes else {
            throw Failure(
                .diskRefused,
                "\(imageFile) is not of the size of \(image.path), \(size.bytes) bytes",
                context: ["path": imageFile])
        }
        let block = map.layout.blockBytes
        return try withUnsafeTemporaryAllocation(byteCount: 2 * block, alignment: 16) { buffer in
            var written: Int64 = 0
            var offset: Int64 = 0
            while offset < size.bytes {
                let count = Int(min(Int64(block), size.bytes - offset))
                let new = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
                let old = UnsafeMutableRawBufferPointer(rebasing: buffer[block..<(block + count)])
                try source.read(at: offset, into: new)
                try read(at: offset, into: old)
                if memcmp(new.baseAddress!, old.baseAddress!, count) != 0 {
                    try write(at: offset, UnsafeRawBufferPointer(new))
                    written += Int64(count)
                }
                offset += Int64(count)
            }
            return ByteCount(written)
        }
    }

    private func checkRange(_ offset: Int64, _ count: Int) throws(Failure) {
        guard offset >= 0, offset <= size.bytes, Int64(count) <= size.bytes - offset else {
            throw Failure(
                .diskOutOfRange,
                "\(count) bytes at \(offset) are not within \(image.path), \(size.bytes) bytes",
                context: ["path": image.path, "offset": "\(offset)", "count": "\(count)"])
        }
    }
}
