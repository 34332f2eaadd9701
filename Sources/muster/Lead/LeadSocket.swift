// The socket `engine.socket` in the lab's folder, on which an engine that serves takes requests. It
// is its owner's alone (mode 0600): who may write the lab's files may ask its engine, nobody else.
// A socket that nobody listens at is left by a dead engine, and the next one takes its place.
import Fabric
import Glibc
import Model

enum LeadSocket {
    private static let name = "engine.socket"

    /// The engine that serves a lab; nil when there is none.
    static func engine(of folder: String) throws -> Engine? {
        let connection = try LabDirectory(folder)
        let descriptor = try made()
        guard connection.with(name, { connect(descriptor, $0, $1) }) == 0 else {
            close(descriptor)
            return nil
        }
        return Engine(LineConnection(descriptor))
    }

    /// Listens in the lab's folder; the lead must be held. Raises `files.failed`.
    static func listen(in folder: String) throws -> Listener {
        let directory = try LabDirectory(folder)
        directory.remove(name)
        let descriptor = try made()
        // The mode is the socket's own from its first moment: nobody gets in between.
        let mask = umask(0o177)
        let bound = directory.with(name) { bind(descriptor, $0, $1) }
        umask(mask)
        guard bound == 0, Glibc.listen(descriptor, 64) == 0 else {
            let number = errno
            close(descriptor)
            throw Failure(
                .fileSystem,
                "cannot listen at \(folder)/\(name): \(String(cString: strerror(number)))",
                context: ["path": "\(folder)/\(name)"])
        }
        return Listener(descriptor) { directory.remove(name) }
    }

    private static func made() throws -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else {
            throw Failure(.fileSystem, "cannot make a socket: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// The engine that serves, at the other end of a connection.
    struct Engine: Sendable {
        private let connection: LineConnection

        fileprivate init(_ connection: LineConnection) { self.connection = connection }

        /// Whether the engine lives and says nothing for so long, though it is asked.
        func isSilent(for patience: Duration) async throws -> Bool {
            try await BlockingThreads.shared.run { [connection] in
                // What cannot be asked ended just now.
                guard (try? connection.send(LeadRequest.presence)) != nil else { return false }
                return !connection.hears(within: patience)
            }
        }

        /// What came of the request; raises the failure that the engine met.
        func perform(
            _ request: LeadRequest, tell: @escaping @Sendable (Value) -> Void
        ) async throws -> Value {
            try await BlockingThreads.shared.run { [connection] in
                try connection.send(request.line)
                while let line = try connection.receive() {
                    switch try LeadAnswer(line: line) {
                    case .progress(let progress): tell(progress)
                    case .outcome(let outcome): return outcome
                    case .failure(let failure): throw failure
                    }
                }
                throw Failure(
                    .leaseLost,
                    "the engine ended before it had answered; `muster status` and "
                        + "`muster runs` show how far it came")
            }
        }
    }

    /// The listening end.
    final class Listener: Sendable {
        private let descriptor: Int32
        private let remove: @Sendable () -> Void

        fileprivate init(_ descriptor: Int32, remove: @escaping @Sendable () -> Void) {
            self.descriptor = descriptor
            self.remove = remove
        }

        deinit { close(descriptor) }

        /// The next who asks; nil when ``stop()`` was called. Blocks.
        func accept() -> LineConnection? {
            while true {
                let connection = Glibc.accept(descriptor, nil, nil)
                if connection >= 0 {
                    _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                    return LineConnection(connection)
                }
                guard errno == EINTR || errno == ECONNABORTED else { return nil }
            }
        }

        /// Takes no more requests.
        func stop() {
            remove()
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
    }
}

/// The lab's folder, held open: by it a socket has a short address, however long the path is.
private final class LabDirectory: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(
                .fileSystem, "cannot open \(path): \(String(cString: strerror(errno)))",
                context: ["path": path])
        }
    }

    deinit { close(descriptor) }

    func remove(_ name: String) { unlinkat(descriptor, name, 0) }

    func with(_ name: String, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { field in
            field.copyBytes(from: Array("/proc/self/fd/\(descriptor)/\(name)".utf8))
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
