// The HTTP interface shows runs, reports and tasks of what used a secret, and never the secret.
import Model
import Orchestration
import Server
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct InterfaceSecrecyTests {
    private static let secret = "vinegar-and-oakum-12345"

    private static let runbook = #"""
        return runbook {
          summary = "Uses a secret",
          run = function()
            local key = asset.credential "pager"
            job.output("signed with %s: %s", key, asset.sign(key, "site lost"))
            job.ask("Did " .. tostring(key) .. " work?")
            return key
          end,
        }
        """#

    @Test func `B-6: no answer of the interface holds a secret`() async throws {
        let world = try await World(runbooks: ["signs.lua": Self.runbook])
        let engine = try world.engine()
        _ = try await engine.assets.makeKey(by: World.eva)
        try await engine.assets.save(
            "pager", .credential, value: ["user": "house"],
            secrets: ["secret": Secret(Self.secret)], by: World.eva)
        let id = try await engine.start(world.request("signs"))
        #expect(try await engine.pass(id).state == .waiting)
        let answers = try await serving(engine) { client in
            var answers: [String] = []
            for path in ["/api/runs", "/api/runs/\(id)", "/api/tasks", "/", "/api/nothing"] {
                answers.append(try await client.get(path).body)
            }
            return answers
        }
        #expect(answers[1].contains("credential pager (hidden)"))
        let search = SecretSearch(Self.secret)
        for answer in answers { #expect(search.findings(in: answer, called: "an answer") == []) }
    }

    private func serving<Result: Sendable>(
        _ engine: Orchestrator, _ work: @Sendable (HTTPClient) async throws -> Result
    ) async throws -> Result {
        let (ports, teller) = AsyncStream.makeStream(of: Int.self)
        let server = HTTPServer(
            ListenAddress(port: 0), orchestrator: engine, people: { House.people[$0] },
            news: { AsyncStream<Value> { $0.finish() } }, onListening: { teller.yield($0) })
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
