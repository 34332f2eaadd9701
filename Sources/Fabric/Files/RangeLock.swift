// Locks on bytes of a file, between processes and between handles of one process ("open file
// description locks"). The kernel frees them when their holder dies, in whatever way: no lock
// outlives its purpose.
import Glibc
import Model
import SystemLinux

extension OpenFile {
    enum LockKind: Sendable {
        case shared, exclusive
    }

    /// Waits for a lock on `bytes`. A lock belongs to this open file: threads that share it are not
    /// kept apart.
    func lock(_ kind: LockKind, _ bytes: Range<Int64>) throws(Failure) {
        try setLock(Int16(kind == .shared ? F_RDLCK : F_WRLCK), bytes, LINUX_OFD_SETLKW)
    }

    /// Takes the lock if nobody is in the way; false when somebody is.
    func tryLock(_ kind: LockKind, _ bytes: Range<Int64>) throws(Failure) -> Bool {
        var request = Self.request(Int16(kind == .shared ? F_RDLCK : F_WRLCK), bytes)
        while fcntl(descriptor, LINUX_OFD_SETLK, &request) != 0 {
            if errno == EAGAIN || errno == EACCES { return false }
            if errno != EINTR { throw .system("lock", path) }
        }
        return true
    }

    /// Whether another open file has a lock on any of `bytes`.
    func isLockedElsewhere(_ bytes: Range<Int64>) throws(Failure) -> Bool {
        var request = Self.request(Int16(F_WRLCK), bytes)
        if fcntl(descriptor, LINUX_OFD_GETLK, &request) != 0 { throw .system("lock", path) }
        return request.l_type != Int16(F_UNLCK)
    }

    func unlock(_ bytes: Range<Int64>) {
        // Freeing what one holds cannot be refused; were it, the next lock would hang for ever.
        try! setLock(Int16(F_UNLCK), bytes, LINUX_OFD_SETLK)
    }

    private func setLock(_ type: Int16, _ bytes: Range<Int64>, _ command: Int32) throws(Failure) {
        var request = Self.request(type, bytes)
        while fcntl(descriptor, command, &request) != 0 {
            if errno != EINTR { throw .system("lock", path) }
        }
    }

    private static func request(_ type: Int16, _ bytes: Range<Int64>) -> flock {
        var request = flock()
        request.l_type = type
        request.l_whence = Int16(SEEK_SET)
        request.l_start = off_t(bytes.lowerBound)
        request.l_len = off_t(bytes.upperBound - bytes.lowerBound)
        return request
    }
}
