// Over HTTP a tenant's person is shown and may do what is his tenant's, with the primary site and
// without it (S-4); and asks for his service report as JSON and as text (S-5).
import Fabric
import Model
import Orchestration
import Server
import Store
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct TenantRouteTests {
    private static let lars = Person(name: "lars", tenant: "contoso")
    private static let people = [
        "token-of-eva": World.eva, "token-of-lars": lars,
        "token-of-fay": Person(name: "fay", tenant: "fabrikam"),
    ]

    /// A world in which a run of contoso, 1, and one of the house, 2, ask.
    private func asking() async throws -> (World, Orchestrator) {
        let world = try await World(runbooks: [
            "trial.lua": """
            return runbook { summary = "A test", run = function() job.ask "Go on?" end }
            """
        ])
        let engine = try world.engine(rights: Rights(tenants: ["lars": "contoso"]))
        for person in [Self.lars, World.eva] {
            let run = try await engine.start(RunRequest(name: "trial", by: person, seed: 7))
            _ = try await engine.pass(run)
        }
        return (world, engine)
    }

    private func serving(
        _ world: World, _ engine: Orchestrator, _ work: @Sendable (HTTPClient) async throws -> Void
    ) async throws {
        let notifier = try Notifier(folder: world.folder)
        try await House.serving(work) { onListening in
            HTTPServer(
                ListenAddress(port: 0), orchestrator: engine, people: { Self.people[$0] },
                news: { try notifier.listen().map { $0.view } }, onListening: onListening)
        }
    }

    @Test func `S-4: runs and tasks over HTTP are those of one's tenant`() async throws {
        let (world, engine) = try await asking()
        try await serving(world, engine) { client in
            let me = try await client.get("/api/me", token: "token-of-lars").value
            #expect(me["tenant"] == "contoso")
            for (token, seen) in [("token-of-lars", [1]), ("token-of-eva", [2, 1])] {
                let runs = try await client.get("/api/runs", token: token).value["runs"]
                #expect(runs?.list?.compactMap { $0["id"]?.integer } == seen.map(Int64.init))
                let tasks = try await client.get("/api/tasks", token: token).value["tasks"]
                #expect(tasks?.list?.count == seen.count)
            }
            #expect(try await client.get("/api/runs/1", token: "token-of-lars").status == 200)
            for path in ["/api/runs/2", "/api/runs/2/output", "/api/tasks/2"] {
                let answer = try await client.get(path, token: "token-of-lars")
                #expect(answer.status == 403 && answer.code == "scope.refused", "\(path)")
            }
            for path in ["/api/runs/2/abort", "/api/runs/2/stop"] {
                #expect(try await client.post(path, "{}", token: "token-of-lars").status == 403)
            }
            let others = try await client.post(
                "/api/tasks/2/answer", #"{"answer":"yes"}"#, token: "token-of-lars")
            #expect(others.status == 403)
            let own = try await client.post(
                "/api/tasks/1/answer", #"{"answer":"yes"}"#, token: "token-of-lars")
            #expect(own.status == 200)
        }
        #expect(try engine.services.store.question(QuestionID(2)).state == .open)
    }

    @Test func `S-4: machines and subscriptions are one's own, also when the primary is gone`()
        async throws
    {
        let (world, engine) = try await asking()
        try await serving(world, engine) { client in
            for isLost in [false, true] {
                if isLost { try await world.fabric.lose("oslo") }
                let own = try await client.get("/api/machines", token: "token-of-lars").value
                let names = own["machines"]?.list?.compactMap { $0["name"]?.text }
                #expect(names == ["wap01", "wap02"])
                #expect(own["machines"]?.list?.first?["state"] == "replicating")
                let all = try await client.get("/api/machines").value
                #expect(all["machines"]?.list?.count == 5)
                let none = try await client.get("/api/machines", token: "token-of-fay").value
                #expect(none["machines"] == [])
                let subscriptions = try await client.get(
                    "/api/subscriptions", token: "token-of-lars"
                ).value["subscriptions"]?.list
                #expect(subscriptions?.map { $0["name"] } == ["contoso"])
            }
        }
    }

    @Test func `S-5: a tenant asks for his service report as JSON and as text, and for no other`()
        async throws
    {
        let (world, engine) = try await asking()
        try await serving(world, engine) { client in
            let path = "/api/subscriptions/contoso/report"
            let report = try await client.get(path, token: "token-of-lars")
            #expect(report.status == 200)
            #expect(report.value["machines"]?.list?.count == 2)
            #expect(report.value["total"]?["last_drill"]?.text == nil)
            let text = try await client.get("\(path)?format=text", token: "token-of-lars")
            #expect(text.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(text.body.contains("wap01 at oslo: replicating"))
            for (token, wrong, status) in [
                ("token-of-lars", "\(path)?format=pdf", 400), ("token-of-fay", path, 403),
                ("token-of-eva", "/api/subscriptions/contosso/report", 404),
            ] {
                #expect(try await client.get(wrong, token: token).status == status)
            }
        }
        let refused = try engine.services.store.events().filter { $0.topic == "scope.refused" }
        #expect(refused.count == 1)
    }

    @Test func `P-11: the house sees how ready its plans are, and tenants do not`() async throws {
        let (world, engine) = try await asking()
        defer { withExtendedLifetime(world) {} }
        let found = PlanReadiness(
            plan: "shop", kind: .planned, findings: [PlanFinding(.points, "too old")],
            rehearsal: nil, checkedAt: world.clock.now)
        try await engine.services.store.commit([.readinessKept(found)])
        try await serving(world, engine) { client in
            let seen = try await client.get("/api/plans").value
            #expect(seen["plans"]?.list?.map { $0["plan"] } == ["shop"])
            #expect(seen["plans"]?.list?[0]["findings"]?.list?[0]["text"] == "too old")
            #expect(try await client.get("/api/plans", token: "token-of-lars").status == 403)
        }
    }

    @Test func `S-4: a watcher hears of his tenant's runs and of no other`() async throws {
        let (world, engine) = try await asking()
        // Its folder goes with it.
        defer { withExtendedLifetime(world) {} }
        let notices: [Value] = [
            ["run": 2, "topic": "answered"], ["run": 99, "topic": "queued"],
            ["run": 1, "topic": "voted"],
        ]
        try await House.serving(
            { client in
                let stream = try await client.open(
                    "GET", "/api/events", token: "token-of-lars")
                let heard = try await stream.read(until: "voted")
                #expect(!heard.contains("answered") && !heard.contains("queued"))
            },
            by: { onListening in
                HTTPServer(
                    ListenAddress(port: 0), orchestrator: engine, people: { Self.people[$0] },
                    news: { Notices(notices) }, onListening: onListening)
            })
    }
}

/// What a watcher is told, at once.
private struct Notices: AsyncSequence, Sendable {
    let notices: [Value]

    init(_ notices: [Value]) { self.notices = notices }

    struct Iterator: AsyncIteratorProtocol {
        var rest: ArraySlice<Value>
        mutating func next() async -> Value? { rest.popFirst() }
    }

    func makeAsyncIterator() -> Iterator { Iterator(rest: notices[...]) }
}
