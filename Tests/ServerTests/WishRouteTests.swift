// B-1, B-5 over HTTP: wishes in each state, and the lines of a run's streams in ranges.
import Model
import Store
import Testing

@Suite(.timeLimit(.minutes(10))) struct WishRouteTests {
    @Test func `B-1: a run is suspended, resumed and stopped, and says by whom and why`()
        async throws
    {
        let house = try await House()
        try await house.store.commit([.runChanged(RunID(1), .parked, at: .second(2))])
        try await house.serving { client in
            let suspended = try await client.post("/api/runs/1/suspend", #"{"reason":"a storm"}"#)
            #expect(suspended.status == 202)
            #expect(suspended.value["state"]?.text == "suspended")
            #expect(suspended.value["suspension"]?["by"]?.text == "eva")
            #expect(suspended.value["suspension"]?["reason"]?.text == "a storm")
            let twice = try await client.post("/api/runs/1/suspend", "{}")
            #expect(twice.status == 409)
            let resumed = try await client.post("/api/runs/1/resume", "{}")
            #expect(resumed.value["state"]?.text == "waiting")
            #expect(resumed.value["suspension"] == nil)
            let stopped = try await client.post("/api/runs/1/stop", #"{"reason":"enough"}"#)
            #expect(stopped.value["state"]?.text == "stopped")
            #expect(stopped.value["failure"]?["code"]?.text == "run.stopped")
            #expect(try await client.post("/api/runs/1/resume", "{}").status == 409)
            #expect(try await client.post("/api/runs/1/pause", "{}").status == 404)
        }
    }

    @Test func `B-5: lines are had from the end, in ranges and by stream, with a cursor`()
        async throws
    {
        let house = try await House()
        try await house.store.commit(
            (1...9).map { number in
                .noted(
                    RunNote(
                        run: RunID(1), ordinal: number, level: number % 3 == 0 ? .warning : .output,
                        text: "line \(number)", at: .second(number)))
            })
        try await house.serving { client in
            func numbers(_ query: String) async throws -> [Int64?] {
                let answer = try await client.get("/api/runs/1/output?\(query)")
                #expect(answer.status == 200)
                return (answer.value["lines"]?.list ?? []).map { $0["number"]?.integer }
            }
            #expect(try await numbers("last=2") == [8, 9])
            #expect(try await numbers("stream=warning&last=2") == [6, 9])
            #expect(try await numbers("from=4&to=6") == [4, 5, 6])
            #expect(try await numbers("from=4&limit=2") == [4, 5])
            let page = try await client.get("/api/runs/1/output?from=4&limit=2").value
            #expect(page["next"]?.integer == 6)
            #expect(page["previous"]?.integer == 3)
            #expect(page["lines"]?.list?.first?["text"]?.text == "line 4")
            let end = try await client.get("/api/runs/1/output?from=10").value
            #expect(end["lines"]?.list == [])
            #expect(end["next"]?.integer == 10)
            for query in ["stream=loud", "from=0", "from=5&to=4", "last=0", "limit=201"] {
                #expect(try await client.get("/api/runs/1/output?\(query)").status == 400)
            }
            #expect(try await client.get("/api/runs/7/output").status == 404)
        }
    }
}
