// A file of the operating system: whole reads and writes at an offset, every refusal a `Failure`
// that names the file. Calls block.
import Glibc
import Model
import SystemLinux

/// An open file; closed when the last holder lets go.
final class OpenFile: Sendable {
    let path: String
    let descriptor: Int32

    init(_ path: String, _ flags: Int32) throws(Failure) {
        self.path = path
        descriptor = open(path, flags | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw .system("open", path) }
    }

    /// The file opened; nil when there is none. Asked in one step: it may go at any time.
    static func existing(_ path: String, _ flags: Int32) throws(Failure) -> OpenFile? {
        let descriptor = open(path, flags | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        if descriptor < 0 { throw .system("open", path) }
        return OpenFile(path, descriptor: descriptor)
    }

    private init(_ path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func status() throws(Failure) -> FileStatus {
        var answer = stat()
        if fstat(descriptor, &answer) != 0 { throw .system("examine", path) }
        return FileStatus(answer)
    }

    /// Fills the buffer; a file that ends before is a failure.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) {
        var done = 0
        while done < buffer.count {
            let count = pread(
                descriptor, buffer.baseAddress! + done, buffer.count - done,
                off_t(offset) + done)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw .system("read", path) }
            if count == 0 {
                throw Failure(
                    .fileSystem, "\(path) ends at byte \(offset + Int64(done)), before its size",
                    context: ["path": path])
            }
            done += count
        }
    }

    /// Fills the buffer; what lies behind the file's end reads as zeros.
    func readPadded(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) {
        let held = Int(max(0, min(Int64(buffer.count), try status().size - offset)))
        try read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<held]))
        UnsafeMutableRawBufferPointer(rebasing: buffer[held...])
            .initializeMemory(as: UInt8.self, repeating: 0)
    }

    func write(at offset: Int64, _ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                descriptor, bytes.baseAddress! + done, bytes.count - done,
                off_t(offset) + done)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw .system("write", path) }
            done += count
        }
    }

    /// Returns when the file and its size are on the device.
    func sync() throws(Failure) {
        if fsync(descriptor) != 0 { throw .system("sync", path) }
    }

    func resize(to bytes: Int64) throws(Failure) {
        if ftruncate(descriptor, off_t(bytes)) != 0 { throw .system("resize", path) }
    }

    /// Throws away what the file holds; it reads as zeros at the size it is given.
    func empty(size: Int64) throws(Failure) {
        try resize(to: 0)
        try resize(to: size)
    }

    /// The ranges that are not holes, in order; the file system rounds them outwards.
    func allocatedRanges() throws(Failure) -> [Range<Int64>] {
        var ranges: [Range<Int64>] = []
        var position: Int64 = 0
        while true {
            let start = lseek(descriptor, off_t(position), LINUX_SEEK_DATA)
            if start < 0, errno == ENXIO { return ranges }
            if start < 0 { throw .system("read the extents of", path) }
            let end = lseek(descriptor, start, LINUX_SEEK_HOLE)
            if end < 0 { throw .system("read the extents of", path) }
            ranges.append(Int64(start)..<Int64(end))
            position = Int64(end)
        }
    }
}

/// What the operating system knows of a file.
struct FileStatus: Sendable, Equatable {
    let inode: UInt64
    let size: Int64
    let modifiedNanoseconds: Int64
    let isRegular: Bool

    init(_ answer: stat) {
        inode = UInt64(answer.st_ino)
        size = Int64(answer.st_size)
        modifiedNanoseconds =
            Int64(answer.st_mtim.tv_sec) * 1_000_000_000 + Int64(answer.st_mtim.tv_nsec)
        isRegular = answer.st_mode & S_IFMT == S_IFREG
    }

    /// The status of the file at `path`; nil when there is none.
    init?(path: String) {
        var answer = stat()
        guard stat(path, &answer) == 0 else { return nil }
        self.init(answer)
    }
}

extension Failure {
    /// The operating system's refusal, as `errno` has it.
    static func system(_ act: String, _ path: String) -> Failure {
        let reason = String(cString: strerror(errno))
        return Failure(
            .fileSystem, "cannot \(act) \(path): \(reason)",
            context: ["path": path, "reason": reason])
    }
}
