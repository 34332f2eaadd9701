// The smallest client that can be trusted: it writes the request's bytes and reads what comes, on a
// thread that may block, for at most ten seconds.
import Foundation
import Glibc
import Model

struct HTTPClient: Sendable {
    let port: Int
    var host = "127.0.0.1"

    struct Answer: Sendable {
        let status: Int
        /// Names in lower case.
        let headers: [String: String]
        let body: String

        var value: Value { (try? Value(json: body)) ?? .null }
        var error: Value { value["error"] ?? .null }
        var code: String? { error["code"]?.text }
    }

    func get(_ path: String, token: String? = "token-of-eva") async throws -> Answer {
        try await send("GET", path, token: token)
    }

    func post(
        _ path: String, _ body: String, token: String? = "token-of-eva"
    ) async throws -> Answer {
        try await send("POST", path, token: token, body: body)
    }

    func send(
        _ method: String, _ path: String, token: String?, body: String = ""
    ) async throws -> Answer {
        let connection = try await open(method, path, token: token, body: body)
        return try Answer(try await connection.rest())
    }

    func send(
        _ path: String, _ body: String, headers: [String: String]
    ) async throws -> Answer {
        let connection = try await open(
            "POST", path, token: nil, body: body, headers: headers)
        return try Answer(try await connection.rest())
    }

    /// Sends the head of a request, and nothing of the body that it announces.
    func announce(_ path: String, headers: [String: String]) async throws -> Connection {
        let others = headers.map { "\($0): \($1)\r\n" }.joined()
        let (host, port) = (host, port)
        return try await blocking {
            let connection = try Connection(host: host, port: port)
            try connection.write("POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(others)\r\n")
            return connection
        }
    }

    /// Sends the request and leaves the answer to be read.
    func open(
        _ method: String, _ path: String, token: String? = "token-of-eva",
        body: String = "", headers: [String: String] = [:]
    ) async throws -> Connection {
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let others = headers.map { "\($0): \($1)\r\n" }.joined()
        let request =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            + "\(authorization)\(others)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let (host, port) = (host, port)
        return try await blocking {
            let connection = try Connection(host: host, port: port)
            try connection.write(request)
            return connection
        }
    }
}

extension HTTPClient.Answer {
    fileprivate init(_ text: String) throws {
        guard let end = text.firstRange(of: "\r\n\r\n") else {
            throw Failure(.internalFault, "no head in '\(text)'")
        }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        headers = Dictionary(
            lines.dropFirst().compactMap { line in
                line.firstRange(of: ": ").map {
                    (line[..<$0.lowerBound].lowercased(), String(line[$0.upperBound...]))
                }
            }, uniquingKeysWith: { "\($0), \($1)" })
        body = String(text[end.upperBound...])
    }
}

/// One connection to the server; it is closed with the object.
final class Connection: Sendable {
    private let descriptor: Int32

    fileprivate init(host: String, port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            throw Failure(.fileSystem, "nobody listens on \(host):\(port)")
        }
    }

    deinit { close(descriptor) }

    fileprivate func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = Glibc.send(
                descriptor, Array(bytes[sent...]), bytes.count - sent, Int32(MSG_NOSIGNAL))
            guard count > 0 else { throw Failure(.fileSystem, "the server hung up") }
            sent += count
        }
    }

    /// What comes until it holds `text`; raises when the server hangs up before, or says nothing.
    func read(until text: String) async throws -> String {
        try await blocking { [self] in
            var heard = ""
            while !heard.contains(text) {
                guard let more = try receive() else {
                    throw Failure(.fileSystem, "hung up after '\(heard)', before '\(text)'")
                }
                heard += more
            }
            return heard
        }
    }

    /// What comes until the server hangs up.
    func rest() async throws -> String {
        try await blocking { [self] in
            var heard = ""
            while let more = try receive() { heard += more }
            return heard
        }
    }

    /// The next bytes, which our tests keep to ASCII; nil at the end.
    private func receive() throws -> String? {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var count: Int
        // A process that was stopped and let go on hears of it here.
        repeat {
            count = recv(descriptor, &buffer, buffer.count, 0)
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw Failure(.fileSystem, "the server said nothing: \(errno)") }
        return count == 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}

/// On a thread of its own: Swift's and Dispatch's are as few as there are cores, and the server
/// under test needs them.
private func blocking<Result: Sendable>(
    _ work: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Swift.Result { try work() })
        }
    }
}
