// `muster serve`: the engine that stays. Leads every run that has not ended and every cycle that
// comes due, starts what is scheduled, looks at how ready plans are, does what other commands ask
// of it, and serves the page.
import ArgumentParser
import Logging
import Model
import Orchestration
import Replication
import Server
import ServiceLifecycle
import Store
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Leads the lab: its runs, its cycles, what others ask; serves the page.")

    @OptionGroup var options: LabOptions
    @Option(help: "Where the page and the HTTP API listen, on this machine only.")
    var listen = "127.0.0.1:8420"
    @Flag(help: "Wait while another engine leads, and take over when it ends.") var standby = false
    @Option(help: "With --standby: a leader that answers nothing for so long is ended.")
    var silence = "30s"

    func run() async throws {
        let address = try ListenAddress(parsing: listen)
        let succession = try Succession(in: options.folder, silence: try Duration(text: silence))
        while true {
            if standby { try await succession.wait() }
            let lab = try await Composition(options)
            let lease: Lease
            do {
                lease = try await lab.takeLead()
            } catch let failure as Failure where failure.code == .leaseHeld && standby {
                continue
            }
            defer { lease.release() }
            return try await serve(lab, under: lease.token, at: address)
        }
    }

    private func serve(
        _ lab: Composition, under token: LeaseToken, at address: ListenAddress
    ) async throws {
        let people = lab.configuration
        let notifier = lab.notifier
        let server = HTTPServer(
            address, orchestrator: lab.orchestrator,
            people: { people.person(withToken: $0) }, hooks: { people.hooks[$0] },
            linkSecret: people.notify?.secret,
            news: { try notifier.listen().map(\.view) },
            onListening: { Terminal.say("listening on http://127.0.0.1:\($0)") })
        let scheduler = RunScheduler(lab.orchestrator, under: token)
        let triggers = TriggerWatch(lab.orchestrator, under: token)
        let readiness = ReadinessWatch(lab.orchestrator, under: token)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    server, Leader(lab: lab, token: token), LeadService(lab: lab, token: token),
                    Cycles(lab: lab), Listening(notifier) { try await scheduler.run($0) },
                    Listening(notifier) { try await triggers.run($0) },
                    Listening(notifier) { try await readiness.run($0) },
                    News(lab: lab, token: token),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "muster") { _ in SwiftLogNoOpLogHandler() }))
        try await group.run()
    }
}

/// Leads the cycles of all protections. Told to stop, it stops transfers between two blocks.
private struct Cycles: Service {
    let lab: Composition

    func run() async throws {
        let service = ReplicationService(lab.replication) { [notifier = lab.notifier] report in
            notifier.notify(Notice(.protectionChanged))
            if case .failure(let failure) = report.result { Terminal.complain(failure) }
        }
        try await cancelWhenGracefulShutdown { try await service.run() }
    }
}

/// Goes on with what it is told of by notices until it is told to stop: what is scheduled, what
/// triggers wait for, how ready plans are.
private struct Listening: Service {
    private let notifier: Notifier
    private let work: @Sendable (AsyncStream<Notice>) async throws -> Void

    init(
        _ notifier: Notifier,
        _ work: @escaping @Sendable (AsyncStream<Notice>) async throws -> Void
    ) {
        self.notifier = notifier
        self.work = work
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do {
                try await work(try notifier.listen())
            } catch is CancellationError {
                return
            }
        }
    }
}

/// Tells the receiver that `muster.lua` names of questions; without one it only stays.
private struct News: Service {
    let lab: Composition
    let token: LeaseToken

    func run() async throws {
        guard let receiver = lab.configuration.notify else { return try await gracefulShutdown() }
        let post = try LoopbackPost(to: receiver.url)
        let courier = NewsCourier(lab.orchestrator, to: receiver, under: token) {
            try await post.send($0, $1)
        }
        try await Listening(lab.notifier) { try await courier.run($0) }.run()
    }
}

/// Leads every unfinished run until it is told to stop; runs go on from their journals next time.
private struct Leader: Service {
    let lab: Composition
    let token: LeaseToken

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                try await lab.orchestrator.leadAll(under: token) { try lab.notifier.listen() }
            } catch is CancellationError {
                return
            } catch {
                Terminal.complain(Failure(error, as: .internalFault))
            }
        }
    }
}
