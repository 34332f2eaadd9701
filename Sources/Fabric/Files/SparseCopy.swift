// Copies a raw image: shares its blocks where the file system can, else reads what is allocated and
// writes what is not zero.
import Glibc
import Model
import SystemLinux

enum SparseCopy {
    private static let chunkBytes = 1 << 20
    /// The unit in which zeros become holes.
    private static let holeBytes = 65_536

    /// Makes `target`, a new empty file, equal to `source`.
    static func copy(_ source: OpenFile, to target: OpenFile) throws {
        if ioctl(target.descriptor, UInt(LINUX_FICLONE), source.descriptor) == 0 { return }
        try target.resize(to: try source.status().size)
        posix_fadvise(source.descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        try withUnsafeTemporaryAllocation(byteCount: chunkBytes, alignment: 4096) { buffer in
            for range in try source.allocatedRanges() {
                try copy(range, source, target, buffer)
            }
        }
    }

    private static func copy(
        _ range: Range<Int64>, _ source: OpenFile, _ target: OpenFile,
        _ buffer: UnsafeMutableRawBufferPointer
    ) throws {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = Int(min(Int64(chunkBytes), range.upperBound - offset))
            let chunk = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            try source.read(at: offset, into: chunk)
            try writeNonZero(UnsafeRawBufferPointer(chunk), at: offset, target)
            offset += Int64(count)
        }
    }

    /// Writes the runs between zeros, each in one go.
    private static func writeNonZero(
        _ chunk: UnsafeRawBufferPointer, at offset: Int64, _ target: OpenFile
    ) throws {
        var runStart = 0
        var position = 0
        while position < chunk.count {
            let end = min(position + holeBytes, chunk.count)
            if UnsafeRawBufferPointer(rebasing: chunk[position..<end]).isAllZero {
                try write(chunk, runStart..<position, at: offset, target)
                runStart = end
            }
            position = end
        }
        try write(chunk, runStart..<chunk.count, at: offset, target)
    }

    private static func write(
        _ chunk: UnsafeRawBufferPointer, _ run: Range<Int>, at offset: Int64, _ target: OpenFile
    ) throws {
        guard !run.isEmpty else { return }
        try target.write(
            at: offset + Int64(run.lowerBound), UnsafeRawBufferPointer(rebasing: chunk[run]))
    }
}
