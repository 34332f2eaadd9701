// A lab with a store, a bell and a server on a port of its own, and what the tests put there. The
// folder goes with the object.
import Fabric
import Foundation
import Model
import Orchestration
import Replication
import Server
import Store
import TestSupport

final class House: Sendable {
    let folder: String
    let store: Store
    let notifier: Notifier
    let orchestrator: Orchestrator
    static let clock = StillClock(now: .second(1000))

    /// Run 1 is running when it returns.
    init() async throws {
        folder = "\(NSTemporaryDirectory())/server-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        store = try Store(folder: folder)
        let notifier = try Notifier(folder: folder)
        self.notifier = notifier
        orchestrator = try Self.door(to: folder, store, notifier)
        try await store.commit([
            .runInserted(.sample(1)), .runChanged(RunID(1), .started, at: .second(1)),
        ])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// A runbook that asks and returns the answer.
    private static let asks = """
        return runbook {
          summary = "Asks",
          run = function()
            return { answer = job.ask("Go on?", { form = "text" }) }
          end,
        }
        """

    /// A runbook that returns what a webhook brought.
    private static let called = """
        return runbook {
          summary = "Returns what was sent.",
          parameters = { payload = { type = "string", summary = "What." } },
          run = function(arguments) return arguments.payload end,
        }
        """

    /// The door as another process has it: over a store of its own.
    func otherDoor() throws -> Orchestrator {
        try Self.door(to: folder, try Store(folder: folder), notifier)
    }

    private static func door(
        to folder: String, _ store: Store, _ notifier: Notifier
    ) throws -> Orchestrator {
        let fabric = try EmbeddedFabric.create(at: folder)
        let replication = ReplicationEngine(
            fabric: fabric, ledger: StoreLedger(store: store, clock: clock), clock: clock,
            lab: folder)
        return Orchestrator(
            services: Services(
                fabric: fabric, replication: replication, store: store, clock: clock,
                rights: Rights(people: ["eva": ["fabric-admin"], "lars": []])),
            library: Library(
                baked: Library.bakedModules, list: { ["asks.lua", "called.lua"] },
                read: { path throws(Failure) in
                    ["asks.lua": asks, "called.lua": called][path]
                }),
            version: "0.1"
        ) { notifier.notify($0) }
    }

    /// Puts a question of run 1 and returns its number.
    func ask(_ request: QuestionRequest = .sample()) async throws -> QuestionID {
        let sequence = try store.questions(of: RunID(1)).count + 1
        let place = JournalPlace(run: RunID(1), sequence: sequence)
        try await store.commit([.questionAsked(place, request, at: .second(900))])
        return try store.questions(of: RunID(1))[sequence - 1].id
    }

    static let people = [
        "token-of-eva": Person(name: "eva", roles: ["fabric-admin"]),
        "token-of-lars": Person(name: "lars", roles: []),
    ]

    static let secret = "a secret that nobody guesses"

    func server(
        port: UInt16 = 0, heartbeat: Duration = .seconds(15),
        news: (@Sendable () throws -> any News)? = nil,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> HTTPServer {
        let notifier = notifier
        return HTTPServer(
            ListenAddress(port: port), orchestrator: orchestrator, people: { Self.people[$0] },
            hooks: { ["deploy": Self.secret, "mute": Self.secret][$0] },
            linkSecret: "the secret of the relay",
            news: news ?? { try notifier.listen().map { $0.view } }, heartbeat: heartbeat,
            onListening: onListening)
    }

    /// Does `work` while a server answers at its client, and stops the server after it.
    @discardableResult
    func serving<Result: Sendable>(
        heartbeat: Duration = .seconds(15), news: (@Sendable () throws -> any News)? = nil,
        _ work: @Sendable (HTTPClient) async throws -> Result
    ) async throws -> Result {
        try await Self.serving(work) { onListening in
            server(heartbeat: heartbeat, news: news, onListening: onListening)
        }
    }

    /// The same with a server of one's own.
    @discardableResult
    static func serving<Result: Sendable>(
        _ work: @Sendable (HTTPClient) async throws -> Result,
        by make: (@escaping @Sendable (Int) -> Void) -> HTTPServer
    ) async throws -> Result {
        let (ports, teller) = AsyncStream.makeStream(of: Int.self)
        let server = make { teller.yield($0) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { teller.finish() }
                try await server.run()
            }
            guard let port = await ports.first(where: { _ in true }) else {
                try await group.next()
                throw Failure(.internalFault, "the server ended before it listened")
            }
            defer { group.cancelAll() }
            return try await work(HTTPClient(port: port))
        }
    }
}

struct StillClock: WallClock {
    let now: Timestamp
    func sleep(until deadline: Timestamp) async throws {}
}

extension Timestamp {
    static func second(_ number: Int) -> Timestamp {
        Timestamp(microseconds: Int64(number) * 1_000_000)
    }
}

extension RunRecord {
    static func sample(_ number: Int64) -> RunRecord {
        RunRecord(
            id: RunID(number), kind: .plan, name: "stamp", file: "stamp.lua", failover: .planned,
            startedBy: "eva", reason: "the drill", createdAt: .second(0), runtimeVersion: "0.1",
            randomSeed: 7)
    }
}

extension QuestionRequest {
    static func sample(
        form: QuestionForm = .confirm, who: Answerer = .anybody, deadline: Timestamp? = nil,
        quorum: Int = 1, barring starter: String? = nil, escalation: Escalation? = nil
    ) -> QuestionRequest {
        QuestionRequest(
            title: "Is the share readable?", instructions: "Open it.", form: form, who: who,
            deadline: deadline, quorum: quorum, barredStarter: starter, escalation: escalation)
    }
}
