// What is said over HTTP reaches the run: it goes on, or ends; also after the engine that asked has
// died.
import Model
import Orchestration
import Store
import Testing

@Suite(.timeLimit(.minutes(10))) struct GoingOnTests {
    private static let request = RunRequest(name: "asks", by: Person(name: "eva"), seed: 7)

    @Test func `a led run goes on with the answer`() async throws {
        let house = try await House()
        let run = try await house.orchestrator.start(Self.request)
        let ended = try await house.serving { client in
            async let led = Self.lead(run, in: house)
            let task = try await Self.taskAppears(of: run, at: client)
            let answer = try await client.post("/api/tasks/\(task)/answer", #"{"answer":"west"}"#)
            #expect(answer.status == 200)
            _ = try await led
            return try await client.get("/api/runs/\(run)").value
        }
        #expect(ended["run"]?["state"]?.text == "completed")
        #expect(ended["returned"]?["answer"]?.text == "west")
        #expect(ended["questions"]?.list?.first?["channel"]?.text == "http")
    }

    @Test func `a led run that waits for a person is aborted`() async throws {
        let house = try await House()
        let run = try await house.orchestrator.start(Self.request)
        let ended = try await house.serving { client in
            async let led = Self.lead(run, in: house)
            let task = try await Self.taskAppears(of: run, at: client)
            _ = try await client.post("/api/runs/\(run)/abort", #"{"reason":"wrong site"}"#)
            _ = try await led
            let withdrawn = try await client.get("/api/tasks/\(task)").value["state"]?.text
            #expect(withdrawn == "withdrawn")
            return try await client.get("/api/runs/\(run)").value
        }
        #expect(ended["run"]?["state"]?.text == "aborted")
        let message = ended["run"]?["failure"]?["message"]?.text
        #expect(message == "aborted by eva: wrong site")
    }

    @Test func `an answer that nobody was there to hear is found by the next engine`() async throws
    {
        let house = try await House()
        let run = try await house.orchestrator.start(Self.request)
        let waiting = try await house.orchestrator.pass(run)
        #expect(waiting.state == .waiting)
        try await house.serving { client in
            let task = try await Self.taskAppears(of: run, at: client)
            _ = try await client.post("/api/tasks/\(task)/answer", #"{"answer":"west"}"#)
        }
        let ended = try await house.otherDoor().pass(run)
        #expect(ended.state == .completed)
    }

    private static func lead(_ run: RunID, in house: House) async throws -> RunRecord {
        try await house.orchestrator.lead(
            run, under: nil, notices: try house.notifier.listen())
    }

    /// The open task of the run, once the event stream has told of it.
    private static func taskAppears(of run: RunID, at client: HTTPClient) async throws -> Int64 {
        let events = try await client.open("GET", "/api/events")
        _ = try await events.read(until: ":\n\n")
        while true {
            let tasks = try await client.get("/api/tasks").value["tasks"]?.list ?? []
            if let task = tasks.first(where: { $0["run"]?.integer == run.number }),
                let id = task["id"]?.integer
            {
                return id
            }
            _ = try await events.read(until: #""run":\#(run.number)"#)
        }
    }
}
