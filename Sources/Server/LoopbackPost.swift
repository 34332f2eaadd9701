// One POST over plain HTTP to a receiver on this machine: a relay there speaks TLS to the rest of
// the world, as plain HTTP exists only on loopback. Nothing but the status of the answer is
// read, and the whole must be done within a limit.
import Model
import NIOCore
import NIOPosix

package struct LoopbackPost: Sendable {
    private let port: Int
    private let path: String
    private let limit: Duration

    /// Raises `server.not_loopback` for a receiver that is not `http://127.0.0.1:PORT/…`, and
    /// `usage.invalid` for what is no address.
    package init(to url: String, limit: Duration = Limits.newsTimeLimit) throws(Failure) {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "http:", parts[1].isEmpty else {
            throw Failure(
                .notLoopback,
                "'\(url)' is not on this machine: name a relay as http://127.0.0.1:PORT/…",
                context: ["url": url])
        }
        port = try ListenAddress(parsing: String(parts[2])).port
        path = "/" + (parts.count > 3 ? parts[3] : "")
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Failure(.usage, "'\(url)' is no address: write what is not ASCII as %XX")
        }
        self.limit = limit
    }

    /// Returns the status. Raises `files.failed` when nobody listens, or answers in time.
    package func send(_ body: String, _ headers: [String: String]) async throws -> Int {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let status = loop.makePromise(of: Int.self)
        let silence = loop.scheduleTask(in: .microseconds(limit.microseconds)) {
            status.fail(Self.trouble("it did not answer within \(limit.text)"))
        }
        defer { silence.cancel() }
        let connection = ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StatusReader(status))
                }
            }
            .connect(host: ListenAddress.host, port: port)
        connection.whenFailure { status.fail(Self.trouble("nobody listens there: \($0)")) }
        connection.whenSuccess { [request = request(body, headers)] channel in
            channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
            status.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
        return try await withTaskCancellationHandler {
            try await status.futureResult.get()
        } onCancel: {
            status.fail(CancellationError())
        }
    }

    private func request(_ body: String, _ headers: [String: String]) -> String {
        let lines =
            ["POST \(path) HTTP/1.1", "Host: \(ListenAddress.host):\(port)", "Connection: close"]
            + headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            + ["Content-Length: \(body.utf8.count)"]
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    fileprivate static func trouble(_ what: String) -> Failure {
        Failure(.fileSystem, "the receiver of questions: \(what)")
    }
}

/// Reads the first line of an answer.
private final class StatusReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let status: EventLoopPromise<Int>
    private var line = ""

    init(_ status: EventLoopPromise<Int>) { self.status = status }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        line += String(buffer: unwrapInboundIn(data))
        guard line.contains("\r\n") || line.utf8.count > 4_096 else { return }
        let words = line.split(separator: " ", maxSplits: 2)
        if words.count > 1, words[0].hasPrefix("HTTP/1."), let number = Int(words[1].prefix(3)) {
            status.succeed(number)
        } else {
            status.fail(LoopbackPost.trouble("its answer is not HTTP"))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        status.fail(LoopbackPost.trouble("it hung up without an answer"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        status.fail(LoopbackPost.trouble("\(error)"))
        context.close(promise: nil)
    }
}
