// Whoever watches is told what changes, learns that the connection lives, and is sent home at the
// end.
import Logging
import Model
import Orchestration
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(10))) struct EventTests {
    @Test func `a watcher is told of an answer`() async throws {
        let house = try await House()
        let id = try await house.ask()
        try await house.serving { client in
            let events = try await client.open("GET", "/api/events")
            let head = try await events.read(until: ":\n\n")
            #expect(head.hasPrefix("HTTP/1.1 200"))
            #expect(head.lowercased().contains("content-type: text/event-stream"))
            _ = try await client.post("/api/tasks/\(id)/answer", #"{"answer":true}"#)
            _ = try await events.read(until: #"data: {"run":1,"topic":"answered"}"# + "\n\n")
        }
    }

    @Test func `a watcher is told of what another process does`() async throws {
        let house = try await House()
        let door = try house.otherDoor()
        try await house.serving { client in
            let events = try await client.open("GET", "/api/events")
            _ = try await events.read(until: ":\n\n")
            try await door.wish(.abort, of: RunID(1), by: Person(name: "lars"), reason: nil)
            _ = try await events.read(until: #"data: {"run":1,"topic":"abort-wished"}"#)
        }
    }

    @Test func `a watcher hears a heartbeat when nothing changes`() async throws {
        try await House().serving(heartbeat: .milliseconds(5)) { client in
            let events = try await client.open("GET", "/api/events")
            for _ in 1...3 { _ = try await events.read(until: ":\n\n") }
        }
    }

    @Test func `a watcher who is too slow is told that he missed something`() async throws {
        let notices = 20_000
        let flood = AsyncStream<Value> { pen in
            for _ in 0..<notices { pen.yield(["topic": "progress", "run": 1]) }
        }
        try await House().serving(news: { flood }) { client in
            let events = try await client.open("GET", "/api/events")
            _ = try await events.read(until: #"{"run":null,"topic":"missed"}"#)
        }
    }

    @Test func `the server stops at once although somebody watches`() async throws {
        let house = try await House()
        // Another heartbeat would come in an hour: a server that waited for one would outlast the
        // test's time.
        let watcher = try await house.serving(heartbeat: .seconds(3600)) { client in
            let watcher = try await client.open("GET", "/api/events")
            _ = try await watcher.read(until: ":\n\n")
            return watcher
        }
        _ = try await watcher.rest()
    }

    @Test func `a service group that shuts down sends watchers home and ends`() async throws {
        let house = try await House()
        let (ports, teller) = AsyncStream.makeStream(of: Int.self)
        let quiet = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(
            services: [house.server(onListening: { teller.yield($0) })], logger: quiet)
        async let serving: Void = group.run()
        let port = try #require(await ports.first(where: { _ in true }))
        let watcher = try await HTTPClient(port: port).open("GET", "/api/events")
        _ = try await watcher.read(until: ":\n\n")
        await group.triggerGracefulShutdown()
        try await serving
        #expect(try await watcher.rest().hasSuffix("0\r\n\r\n"), "the stream was cut, not ended")
    }
}
