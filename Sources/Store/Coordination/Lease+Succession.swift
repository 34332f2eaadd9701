// How a second engine comes to lead: it waits for the lock, and it ends a leader that hangs. A
// process that was stopped keeps its lock, and may keep SQLite's too; only its end frees both, and
// one that has ended does no harm by waking.
import Foundation
import Glibc
import Model

extension Lease {
    /// Returns once nobody leads the lab; somebody else may be quicker to take the lead then.
    /// Blocks: call it on a thread of its own.
    package static func waitUntilFree(folder: String) throws {
        try LockFile(lockPath(folder)).waitUntilFree()
    }

    /// Ends the process that took the lead of the store's lab under `token`, as a power failure
    /// would. Returns whom it ended; nil when it does not lead any more.
    ///
    /// Raises `store.lease_held` when the leader cannot be ended from here: it is on another
    /// machine, or another user's.
    package static func endLeader(_ token: LeaseToken, of store: Store) throws -> LeaseHolder? {
        guard try isHeld(folder: store.folder), let last = try store.lastLease(),
            last.token == token
        else { return nil }
        let holder = last.holder
        guard holder.hostName == ProcessInfo.processInfo.hostName,
            LockHolder(holder.processID).holds(lockPath(store.folder)),
            kill(holder.processID, SIGKILL) == 0
        else {
            var refusal = try refusal(in: store)
            refusal.message += "; it cannot be ended from here"
            throw refusal
        }
        return holder
    }
}

/// A process, looked at for the locks it holds.
private struct LockHolder {
    private let folder: String

    init(_ process: Int32) { folder = "/proc/\(process)/fdinfo" }

    /// Whether it holds a lock for writing on the file. A number that was given to another process
    /// since is told by this.
    func holds(_ path: String) -> Bool {
        var file = stat()
        guard stat(path, &file) == 0,
            let descriptors = try? FileManager.default.contentsOfDirectory(atPath: folder)
        else { return false }
        return descriptors.contains { descriptor in
            guard let text = try? String(contentsOfFile: "\(folder)/\(descriptor)", encoding: .utf8)
            else { return false }
            // `lock:	1: OFDLCK  ADVISORY  WRITE -1 fe:00:4711 0 EOF`
            return text.split(separator: "\n").contains { line in
                line.hasPrefix("lock:") && line.contains(" WRITE ")
                    && line.contains(":\(file.st_ino) ")
            }
        }
    }
}
