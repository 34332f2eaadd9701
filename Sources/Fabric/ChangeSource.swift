// The seam between a machine's disks and the replica engine: next point → extents and a reader.
import Model

/// Counts blocks of `Cut.blockBytes` from the start of a disk.
package typealias BlockIndex = Int

/// Learns what was written to one machine's disks, and shows them as they stood at an instant.
///
/// One cut is open at a time. Calls block (files, later NBD): make them on an i/o thread.
package protocol ChangeSource: Sendable {
    /// Cuts all disks of the machine at one instant: what was written before is in this cut, what
    /// is written after is in the next. The guest goes on writing; `Cut.read` still shows the
    /// instant.
    ///
    /// `everything` asks for all allocated blocks, for a first copy or a resync. A source that has
    /// lost its record (unclean end, image changed from outside) answers with all blocks by itself
    /// and says so in `Cut.coverage`. An open cut that was neither acknowledged nor failed counts
    /// as failed.
    func cut(everything: Bool) throws -> Cut
    /// The replica has the cut durably: its blocks may be forgotten.
    func acknowledge(_ token: CutToken) throws
    /// The cut came to nothing: its blocks are merged into the next.
    func fail(_ token: CutToken) throws
    /// Bytes of blocks that a cut made now would hold: what is not yet acknowledged, an open cut's
    /// blocks included.
    func pendingBytes() throws -> ByteCount
    /// Holds the guest at the border between two writes until ``release()``, so that several
    /// machines can be cut at one instant: all held, all cut, all released. Cuts made through this
    /// source meanwhile are made under the hold. A holder that dies holds nobody. Repeating it
    /// changes nothing. Raises `fabric.hold_failed` where there is no such thing.
    func hold() throws
    /// Lets the guest write on; succeeds when it is not held.
    func release()
}

extension ChangeSource {
    /// Not every source stands in the way of writes.
    package func hold() throws {
        throw Failure(
            .holdFailed,
            "this source of changes cannot hold a guest's writes, so its machine cannot be cut "
                + "at one instant with others; replicate it by itself")
    }

    package func release() {}
}

/// Names an open cut of a change source.
package struct CutToken: Sendable, Hashable {
    package var number: UInt64
    package init(number: UInt64) { self.number = number }
}

/// A machine's disks as they stood at one instant, and which blocks may differ from the last point.
package struct Cut: Sendable {
    package enum Coverage: String, Sendable {
        /// `CutDisk.extents` are the blocks written since the last acknowledged cut.
        case delta
        /// All allocated blocks, because they were asked for.
        case everything
        /// All allocated blocks, because the record of writes was lost.
        case recordLost
    }

    package let token: CutToken
    package let coverage: Coverage
    package let blockBytes: Int
    package let disks: [CutDisk]

    package init(token: CutToken, coverage: Coverage, blockBytes: Int, disks: [CutDisk]) {
        self.token = token
        self.coverage = coverage
        self.blockBytes = blockBytes
        self.disks = disks
    }
}

package struct CutDisk: Sendable {
    package let name: String
    package let size: ByteCount
    /// Sorted, not touching. Blocks outside the extents of an `everything` cut are zero.
    package let extents: [Range<BlockIndex>]
    /// Fills the buffer with the bytes at `offset` as they stood at the cut. Blocks; thread-safe;
    /// offset and length are multiples of 512, and end at the disk's size at most. In a delta cut
    /// only the extents can be read, all else raises `fabric.disk_out_of_range`: what the cut does
    /// not hold is not kept aside when the guest overwrites it. Raises `fabric.cut_closed` when it
    /// has ended.
    package let read:
        @Sendable (_ offset: Int64, _ into: UnsafeMutableRawBufferPointer) throws -> Void

    package init(
        name: String, size: ByteCount, extents: [Range<BlockIndex>],
        read: @escaping @Sendable (Int64, UnsafeMutableRawBufferPointer) throws -> Void
    ) {
        self.name = name
        self.size = size
        self.extents = extents
        self.read = read
    }
}
