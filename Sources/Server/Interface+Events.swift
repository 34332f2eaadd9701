// Server-sent events: whoever watches is told what has changed, and goes and looks. Each notice is
// one line `data: {"run":17,"topic":"answered"}` and an empty one; a line `:` now and then keeps
// the connection known to be alive.
//
// Listening begins before the head of the response is sent: what changes after a watcher sees the
// head he is told, so he misses nothing if he looks once then. A watcher who is too slow is told
// `missed`.
import Hummingbird
import Model
import NIOCore
import Orchestration
import ServiceLifecycle

extension Interface {
    func watch(_ person: Person) throws -> Response {
        let news = try news()
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream"],
            body: ResponseBody { [heartbeat, orchestrator] writer in
                let watcher = Watcher(heartbeat: heartbeat) { notice in
                    (try? orchestrator.concerns(notice, person)) ?? (person.tenant == nil)
                }
                try await watcher.tell(news, to: &writer)
                try await writer.finish(nil)
            })
    }
}

private struct Watcher: Sendable {
    let heartbeat: Duration
    /// Whether the watcher is told of it.
    let isTold: @Sendable (Value) -> Bool

    /// Returns when the news end or the server stops; throws when the watcher has gone.
    func tell(_ news: some News, to writer: inout any ResponseBodyWriter) async throws {
        let (lines, pen) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingNewest(Limits.noticesMax))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await report(news, with: pen)
                pen.finish()
            }
            group.addTask { await beat(with: pen) }
            defer { group.cancelAll() }
            for await line in lines.cancelOnGracefulShutdown() {
                try await writer.write(ByteBuffer(string: line))
            }
        }
    }

    private func report(_ news: some News, with pen: AsyncStream<String>.Continuation) async {
        for await notice in news where isTold(notice) {
            if case .dropped = pen.yield(Self.line(notice)) { pen.yield(Self.missed) }
        }
    }

    private func beat(with pen: AsyncStream<String>.Continuation) async {
        repeat {
            pen.yield(":\n\n")
        } while (try? await Task.sleep(for: heartbeat)) != nil
    }

    private static func line(_ notice: Value) -> String { "data: \(notice.canonicalJSON)\n\n" }
    private static let missed = line(["topic": "missed", "run": .null])
}
