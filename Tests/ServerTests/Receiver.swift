// A receiver of questions on loopback: it listens on a port of its own, hears one call after the
// other, and does with each what the test says.
import Foundation
import Glibc
import Model

final class Receiver: Sendable {
    enum Manner: Sendable {
        case answers(Int)
        /// Hears everything and says nothing.
        case hangs
        case hangsUp
    }

    struct Call: Sendable {
        /// Names in lower case.
        let headers: [String: String]
        let body: String
        var value: Value { (try? Value(json: body)) ?? .null }
    }

    private struct State {
        var calls: [Call] = []
        var manners: [Manner]
        var kept: [Int32] = []
    }

    let port: Int
    private let descriptor: Int32
    private let state: Locked<State>

    /// The last of `manners` is that of every further call.
    init(_ manners: Manner...) throws {
        state = Locked(State(manners: manners))
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw Failure(.fileSystem, "no port for the receiver") }
        descriptor = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [descriptor, state] in
            while case let connection = accept(descriptor, nil, nil), connection >= 0 {
                Self.serve(connection, state)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
        for connection in state.withLock(\.kept) { close(connection) }
    }

    var calls: [Call] { state.withLock(\.calls) }
    var url: String { "http://127.0.0.1:\(port)/news" }

    private static func serve(_ connection: Int32, _ state: Locked<State>) {
        let call = hear(connection)
        let manner = state.withLock { state in
            if let call { state.calls.append(call) }
            return state.manners.count > 1 ? state.manners.removeFirst() : state.manners[0]
        }
        switch manner {
        case .answers(let status):
            let answer = Array("HTTP/1.1 \(status) So it is\r\nContent-Length: 0\r\n\r\n".utf8)
            send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
            close(connection)
        case .hangs: state.withLock { $0.kept.append(connection) }
        case .hangsUp: close(connection)
        }
    }

    private static func hear(_ connection: Int32) -> Call? {
        var heard: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            heard += buffer.prefix(count)
            let text = String(decoding: heard, as: UTF8.self)
            guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
            let headers = Dictionary(
                text[..<end.lowerBound].components(separatedBy: "\r\n").dropFirst().compactMap {
                    line in
                    line.firstRange(of: ": ").map {
                        (line[..<$0.lowerBound].lowercased(), String(line[$0.upperBound...]))
                    }
                }, uniquingKeysWith: { first, _ in first })
            let body = String(text[end.upperBound...])
            if body.utf8.count >= Int(headers["content-length"] ?? "") ?? 0 {
                return Call(headers: headers, body: body)
            }
        }
    }
}
