// A machine's folder is made aside and renamed into its place, or renamed away and then deleted, so
// that a machine is there whole or not at all. Its maker holds a lock on the folder; one without a
// maker is rubbish of a crash, and the next who makes or removes a machine at the site sweeps it
// away.
import Glibc
import Model

/// A folder `.staged-…` beside the machines; deleted unless it was placed.
final class StagedFolder: Sendable {
    private static let prefix = ".staged-"

    let path: String
    private let holder: OpenFile

    /// Under the lab's lock: a folder that is not yet held must not be swept.
    init(in machines: String) throws {
        try Self.sweep(machines)
        path = "\(machines)/\(Self.prefix)\(UInt64.random(in: 0...UInt64.max))"
        try Folder.create(path)
        holder = try OpenFile(path, O_RDONLY | O_DIRECTORY)
        if flock(holder.descriptor, LOCK_EX) != 0 { throw Failure.system("lock", path) }
    }

    /// Moves the folder to where it is found. The last step.
    func place(at target: String) throws {
        try holder.sync()
        try Folder.rename(path, to: target)
        try Folder.sync(String(target[..<target.lastIndex(of: "/")!]))
    }

    deinit { discard() }

    /// Deletes the folder unless it was placed. What cannot be deleted now is swept later.
    func discard() {
        if Folder.exists(path) { try? Folder.remove(path) }
    }

    /// Removes a folder as one step: renamed away first. Under the lab's lock.
    static func remove(_ folder: String, in machines: String) throws {
        let staged = try StagedFolder(in: machines)
        try withExtendedLifetime(staged) {
            try Folder.rename(folder, to: staged.path)
            try Folder.sync(machines)
        }
    }

    private static func sweep(_ machines: String) throws {
        for name in try Folder.everyName(in: machines) where name.hasPrefix(prefix) {
            guard let folder = try? OpenFile("\(machines)/\(name)", O_RDONLY | O_DIRECTORY),
                flock(folder.descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            try? Folder.remove("\(machines)/\(name)")
        }
    }
}
