// The folder of the bell: `NAME.socket` for each listener, `NAME.socket.missed` where he missed
// notices.
import Glibc
import Model

final class NotifyFolder: Sendable {
    private let path: String
    /// The open folder, by which its sockets have short addresses.
    private let descriptor: Int32

    /// Opens the folder, making it when needed. Raises `files.failed`.
    init(_ path: String) throws {
        self.path = path
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw Failure(system: errno, "make the folder", path)
        }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(system: errno, "open the folder", path) }
    }

    deinit { close(descriptor) }

    /// The names of the sockets that are there.
    func sockets() -> [String] {
        guard let entries = opendir(path) else { return [] }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".socket") { names.append(name) }
        }
        return names
    }

    /// A name that no other listener has.
    func newName() -> String {
        "\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36)).socket"
    }

    func address(of name: String) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array("/proc/self/fd/\(descriptor)/\(name)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { field in
            precondition(path.count < field.count, "the address of \(name) is too long")
            field.copyBytes(from: path)
        }
        return address
    }

    func remove(_ name: String) {
        unlinkat(descriptor, name, 0)
        unlinkat(descriptor, "\(name).missed", 0)
    }

    func markMissed(_ name: String) {
        let mark = openat(descriptor, "\(name).missed", O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        if mark >= 0 { close(mark) }
    }

    /// Whether `name` missed something since the last call.
    func takeMissed(_ name: String) -> Bool {
        unlinkat(descriptor, "\(name).missed", 0) == 0
    }
}
