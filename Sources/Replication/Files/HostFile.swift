// One open file of the operating system.
import Glibc
import Model
import SystemLinux

final class HostFile: DurableFile {
    let path: String
    private let descriptor: Int32
    /// The same file past the page cache; -1 when it was not asked for, or the file system has no
    /// such thing.
    private let direct: Int32

    #if arch(arm64)
        private static let openDirect: Int32 = 0o200000
    #else
        private static let openDirect: Int32 = 0o40000
    #endif
    private static let directUnit = 4096

    init(_ path: String, _ mode: OpenMode) throws {
        self.path = path
        let flags: Int32 =
            switch mode {
            case .read: O_RDONLY
            case .write, .stream: O_RDWR
            case .create: O_RDWR | O_CREAT | O_TRUNC
            }
        descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw Failure.ofSystem("open", path) }
        if case .stream = mode {
            direct = Glibc.open(path, flags | Self.openDirect | O_CLOEXEC)
        } else {
            direct = -1
        }
    }

    deinit {
        close(descriptor)
        if direct >= 0 { close(direct) }
    }

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
        var done = try writeDirectly(buffer, at: offset)
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

    /// How much of the buffer went past the page cache: all that is aligned, or nothing.
    private func writeDirectly(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws -> Int {
        let address = Int(bitPattern: buffer.baseAddress)
        let isAligned = (address | buffer.count | Int(offset)) % Self.directUnit == 0
        guard direct >= 0, isAligned else { return 0 }
        let count = pwrite(direct, buffer.baseAddress!, buffer.count, Int(offset))
        if count >= 0 { return count }
        // The device's unit may be larger than ours: the page cache takes any.
        guard errno == EINVAL || errno == EINTR else { throw Failure.ofSystem("write", path) }
        return 0
    }

    /// False where the file system cannot share blocks between these two.
    func clone(_ source: HostFile) throws -> Bool {
        if ioctl(descriptor, UInt(LINUX_FICLONE), source.descriptor) == 0 { return true }
        let lacks = [EOPNOTSUPP, EXDEV, EINVAL, ENOTTY]
        guard lacks.contains(errno) else { throw Failure.ofSystem("clone", source.path) }
        return false
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

    /// The whole of `fsync`, not `fdatasync`: the time of the last change must be durable too,
    /// since an image's stamp is how a foreign write is noticed.
    func sync() throws {
        if fsync(descriptor) != 0 { throw Failure.ofSystem("sync", path) }
    }
}
