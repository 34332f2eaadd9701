// One open file of the operating system.
import Glibc
import Model
import SystemLinux

final class HostFile: DurableFile {
    let path: String
    private let descriptor: Int32

    init(_ path: String, _ mode: OpenMode) throws {
        self.path = path
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .write: O_RDWR
            case .create: O_RDWR | O_CREAT | O_TRUNC
            }
        descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw Failure.ofSystem("open", path) }
    }

    deinit { close(descriptor) }

    func size() throws -> Int64 {
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw Failure.ofSystem("look at", path) }
        return Int64(status.st_size)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        var done = 0
        while done < buffer.count {
            let count = pread(
                descriptor, buffer.baseAddress! + done, buffer.count - done, Int(offset) + done)
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure.ofSystem("read", path)
            }
            done += count
        }
        return done
    }

    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws {
        var done = 0
        while done < buffer.count {
            let count = pwrite(
                descriptor, buffer.baseAddress! + done, buffer.count - done, Int(offset) + done)
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure.ofSystem("write", path)
            }
            done += count
        }
    }

    func punchHole(at offset: Int64, count: Int64) throws {
        let (keepsSize, punchesHole): (Int32, Int32) = (1, 2)
        if fallocate(descriptor, keepsSize | punchesHole, Int(offset), Int(count)) == 0 { return }
        guard errno == EOPNOTSUPP else { throw Failure.ofSystem("punch a hole in", path) }
        let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(count), alignment: 4096)
        defer { zeros.deallocate() }
        zeros.initializeMemory(as: UInt8.self, repeating: 0)
        try write(UnsafeRawBufferPointer(zeros), at: offset)
    }

    func dataRanges() throws -> [Range<Int64>] {
        var ranges: [Range<Int64>] = []
        var position = 0
        while true {
            let start = lseek(descriptor, position, LINUX_SEEK_DATA)
            if start < 0, errno == ENXIO { return ranges }
            let end = start < 0 ? start : lseek(descriptor, start, LINUX_SEEK_HOLE)
            guard end >= 0 else { throw Failure.ofSystem("read the extents of", path) }
            ranges.append(Int64(start)..<Int64(end))
            position = end
        }
    }

    /// The whole of `fsync`, not `fdatasync`: the time of the last change must be durable too, since
    /// an image's stamp is how a foreign write is noticed.
    func sync() throws {
        if fsync(descriptor) != 0 { throw Failure.ofSystem("sync", path) }
    }
}
