// A connection that carries lines both ways. Its calls block: make them on threads of our own.
import Glibc
import Model

final class LineConnection: Sendable {
    /// A line longer than this is no request and no answer.
    private static let lineBytesMax = 16 << 20

    private let descriptor: Int32
    private let unread = Locked<[UInt8]>([])

    /// Takes the descriptor over.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Raises `files.failed` when the other end has gone.
    func send(_ line: String) throws {
        let bytes = Array("\(line)\n".utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor, buffer.baseAddress! + sent, buffer.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("write to") }
            sent += count
        }
    }

    /// The next line; nil when the other end has closed. Raises `files.failed`.
    func receive() throws -> String? {
        try unread.withLock { unread in
            while true {
                if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = String(decoding: unread[..<end], as: UTF8.self)
                    unread.removeFirst(end + 1)
                    return line
                }
                guard unread.count < Self.lineBytesMax else {
                    throw Failure(.usage, "a line on the engine's socket is too long")
                }
                let more = try read()
                if more.isEmpty { return nil }
                unread += more
            }
        }
    }

    /// Whether the other end says something, or closes, within `patience`. Blocks.
    func hears(within patience: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let limit = Int32(clamping: patience.microseconds / 1000)
        while true {
            let count = poll(&entry, 1, limit)
            // Stopped ourselves meanwhile, we know nothing of how long it has been silent.
            if count < 0, errno == EINTR { continue }
            return count != 0
        }
    }

    private func read() throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure("read from") }
            return Array(buffer.prefix(count))
        }
    }

    private static func failure(_ act: String) -> Failure {
        Failure(
            .fileSystem, "cannot \(act) the engine's socket: \(String(cString: strerror(errno)))")
    }
}
