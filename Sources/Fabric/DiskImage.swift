// A disk as its guest sees it: the only way to write a running machine's disk, so that every write is
// marked in the machine's change map before it lands. Any number of handles in any number of processes.
import Model

/// The disk of one machine, opened for whoever plays the guest.
///
/// One handle does one thing at a time and may be shared by threads; open several for parallel queues.
package final class DiskImage: Sendable {
    package let size: ByteCount

    /// Opens disk `name` of the machine whose folder is `folder` (`EmbeddedFabric.folder(of:)`).
    package init(folder: String, disk name: String) throws { fatalError() }

    /// Writes at `offset`. Blocks. Raises `fabric.disk_off` unless the machine runs, and
    /// `fabric.disk_out_of_range` beyond the disk's end. Marked before it is written.
    package func write(at offset: Int64, _ bytes: UnsafeRawBufferPointer) throws { fatalError() }

    /// Reads at `offset`, running or not. Raises `fabric.disk_out_of_range` beyond the disk's end.
    package func read(at offset: Int64, into: UnsafeMutableRawBufferPointer) throws { fatalError() }

    /// Makes the disk equal to another image of its size, writing only blocks that differ: how a lab
    /// plays a guest that changed files. Returns the bytes written.
    @discardableResult
    package func apply(imageFile: String) throws -> ByteCount { fatalError() }
}
