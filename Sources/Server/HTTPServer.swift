// The server: binds the address, answers until its task is cancelled or the service group it runs
// in shuts down. What it answers is in `Interface`; it decides nothing itself.
import Hummingbird
import Logging
import Model
import NIOCore
import Orchestration
import ServiceLifecycle

/// What a watcher is told: one value for each thing that has changed.
package typealias News = AsyncSequence<Value, Never> & Sendable

/// The HTTP interface and the page, on loopback.
package struct HTTPServer: Service {
    private let address: ListenAddress
    private let interface: Interface
    private let onListening: @Sendable (Int) -> Void

    /// A server that has not begun to listen.
    ///
    /// `people` tells whose token that is, nil for nobody's; it is asked for each request and must
    /// take the same time for every wrong token. `hooks` is the secret of a webhook, nil where none
    /// is; `linkSecret` makes one-time links to questions. `news` begins to listen for changes;
    /// each watcher gets one. `onListening` is told the port once connections are taken.
    /// `heartbeat` is how often a watcher hears something although nothing has changed, so that a
    /// dead connection is noticed.
    package init(
        _ address: ListenAddress, orchestrator: Orchestrator,
        people: @escaping @Sendable (String) -> Person?,
        hooks: @escaping @Sendable (String) -> String? = { _ in nil },
        linkSecret: String? = nil,
        news: @escaping @Sendable () throws -> any News,
        heartbeat: Duration = .seconds(15),
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.address = address
        self.onListening = onListening
        interface = Interface(
            orchestrator: orchestrator, people: people, hooks: hooks,
            linkSecret: linkSecret, news: news, heartbeat: heartbeat)
    }

    /// Answers until the task is cancelled, then returns within milliseconds: watchers are sent
    /// home. In a service group that shuts down gracefully, requests under way are answered first.
    ///
    /// Raises `server.address_taken` when the port cannot be had.
    package func run() async throws {
        let application = Application(
            router: interface.router,
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(
                address: .hostname(ListenAddress.host, port: address.port)),
            onServerRunning: { [onListening] channel in
                onListening(channel.localAddress?.port ?? 0)
            },
            // The house logs in one place only, the command.
            logger: Logger(label: "server") { _ in SwiftLogNoOpLogHandler() })
        do {
            try await application.run()
        } catch let error as IOError {
            throw Failure(
                .addressTaken,
                "cannot listen on \(ListenAddress.host):\(address.port): \(error.description)",
                context: ["port": String(address.port)])
        } catch is CancellationError {
            return
        }
    }
}
