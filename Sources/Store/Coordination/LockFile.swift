// A file on which one process holds a lock that the kernel frees at the holder's death. The lock is
// of the open-file-description kind, because such a lock can be looked at without being taken.
import Glibc
import Model
import SystemLinux

/// An open lock file; closing it frees the lock.
final class LockFile: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Opens the file, creating it when needed. Raises `files.failed`.
    init(_ path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        self.path = path
        guard descriptor >= 0 else { throw Failure(system: errno, "open", path) }
    }

    deinit { close(descriptor) }

    /// Takes the lock if nobody has it; returns whether it did.
    func take() throws -> Bool {
        var lock = wholeFile(F_WRLCK)
        if fcntl(descriptor, LINUX_OFD_SETLK, &lock) == 0 { return true }
        guard errno == EAGAIN || errno == EACCES else { throw Failure(system: errno, "lock", path) }
        return false
    }

    /// Returns once nobody else has the lock, which is then free again. Blocks.
    func waitUntilFree() throws {
        var lock = wholeFile(F_WRLCK)
        while fcntl(descriptor, LINUX_OFD_SETLKW, &lock) != 0 {
            guard errno == EINTR else { throw Failure(system: errno, "lock", path) }
        }
        free()
    }

    /// Frees the lock if this object holds it.
    func free() {
        var lock = wholeFile(F_UNLCK)
        _ = fcntl(descriptor, LINUX_OFD_SETLK, &lock)
    }

    /// Whether somebody else holds the lock.
    func isTakenElsewhere() throws -> Bool {
        var lock = wholeFile(F_WRLCK)
        guard fcntl(descriptor, LINUX_OFD_GETLK, &lock) == 0 else {
            throw Failure(system: errno, "look at the lock of", path)
        }
        return lock.l_type != Int16(F_UNLCK)
    }

    private func wholeFile(_ kind: Int32) -> flock {
        flock(l_type: Int16(kind), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
    }
}

extension Failure {
    /// What the operating system refused: `act` on `path`, with its own words.
    init(system number: Int32, _ act: String, _ path: String) {
        self.init(
            .fileSystem,
            "cannot \(act) \(path): \(String(cString: strerror(number))); mend that and try again",
            context: ["file": path, "errno": String(number)])
    }
}
