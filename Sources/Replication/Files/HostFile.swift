// One open file of the operating system.
import Glibc
import Model

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
                descriptor, buffer.baseAddress! + done, buffer.count - done, offset + Int64(done))
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
                descriptor, buffer.baseAddress! + done, buffer.count - done, offset + Int64(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure.ofSystem("write", path)
            }
            done += count
        }
    }

    func punchHole(at offset: Int64, count: Int64) throws {
        let keepsSizeAndFrees = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE
        if fallocate(descriptor, keepsSizeAndFrees, offset, count) == 0 { return }
        guard errno == EOPNOTSUPP else { throw Failure.ofSystem("punch a hole in", path) }
        let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(count), alignment: 4096)
        defer { zeros.deallocate() }
        zeros.initializeMemory(as: UInt8.self, repeating: 0)
        try write(UnsafeRawBufferPointer(zeros), at: offset)
    }

    /// The whole of `fsync`, not `fdatasync`: the time of the last change must be durable too, since
    /// an image's stamp is how a foreign write is noticed.
    func sync() throws {
        if fsync(descriptor) != 0 { throw Failure.ofSystem("sync", path) }
    }
}
