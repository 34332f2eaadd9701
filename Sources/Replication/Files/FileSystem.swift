// The seam to files: everything of the log, undo and apply path goes through it, so that a
// simulated one can cut the power between any two steps. What a call promises is what POSIX
// promises, no more: bytes are durable after `sync` of the file, names after `syncFolder` of the
// folder they stand in.
import Model

package enum OpenMode: Sendable {
    case read
    /// The file must be there.
    case write
    /// As `write`, for large pieces that are written once: they go past the page cache where that
    /// is possible.
    case stream
    /// A new, empty file; one of that name loses its content.
    case create
}

/// Blocks: call it on an i/o thread. Every call raises `files.failed` with the path in the message.
package protocol FileSystem: Sendable {
    func open(_ path: String, _ mode: OpenMode) throws -> any DurableFile
    /// The names in a folder, sorted; empty when there is no such folder.
    func names(in folder: String) throws -> [String]
    /// Makes a folder with its parents, durably; succeeds when it is there.
    func makeFolder(_ path: String) throws
    /// Gives the content of `source` a second name; falls back to a copy across devices. The
    /// content is durable when this returns if it was before; the name after `syncFolder`. Replaces
    /// `target`.
    func link(_ source: String, to target: String) throws
    /// Gives `target`, which is there, the content of `source` without copying it: the two share
    /// their blocks until one of them is written. False, and nothing is done, where the file system
    /// has no such thing.
    func clone(_ source: String, to target: String) throws -> Bool
    func rename(_ source: String, to target: String) throws
    /// Succeeds when there is none.
    func remove(_ path: String) throws
    func syncFolder(_ path: String) throws
    /// nil when there is no such file.
    func stamp(_ path: String) throws -> ImageStamp?
}

extension FileSystem {
    /// Most file systems share no blocks.
    package func clone(_ source: String, to target: String) throws -> Bool { false }
}

/// An open file; closed when the last reference goes. Reads and writes at different places may run
/// at the same time.
package protocol DurableFile: AnyObject, Sendable {
    var path: String { get }
    func size() throws -> Int64
    /// Reads up to the buffer's size; fewer bytes only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int
    /// Writes all of the buffer.
    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws
    /// Makes the range read as zeros and gives its room back.
    func punchHole(at offset: Int64, count: Int64) throws
    /// The ranges that may hold something else than zeros, in order.
    func dataRanges() throws -> [Range<Int64>]
    /// Returns when the bytes, the size and the time of the last change are durable.
    func sync() throws
}
