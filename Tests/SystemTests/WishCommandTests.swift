// B-1, B-5 from the command: a run led by another process is suspended, resumed and stopped; what
// it says is followed; and afterwards it is gone through again.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct WishCommandTests {
    @Test func `B-1: a run of another process is suspended, resumed and stopped`() async throws {
        try await Lab.asking { lab in
            var run = try lab.start("run", "ask")
            _ = try await run.line(containing: "? ")
            try await lab.expect(
                0, "suspend", "1", "--reason", "a storm", says: ["run 1 is suspended", "resume 1"])
            #expect(try await run.end() == .code(5))
            try await lab.expect(0, "report", "1", says: ["suspended by ", "a storm"])
            try await lab.expect(0, "runs", says: ["suspended by ", ": a storm"])
            try await lab.expect(4, "suspend", "1", says: ["it is suspended"])
            #expect(try await lab.json("tasks").list.count == 1)
            try await lab.expect(5, "resume", "1", "--no-wait", says: ["waiting"])
            try await lab.expect(0, "stop", "1", says: ["run 1 is stopped", "report 1"])
            try await lab.expect(3, "resume", "1", says: ["stopped by"])
        }
    }

    @Test func `B-1: an engine that serves obeys, and goes on with what is resumed`() async throws {
        try await Lab.asking { lab in
            var engine = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await engine.line(containing: "listening on")
            var run = try lab.start("run", "ask")
            _ = try await run.line(containing: "? ")
            try await lab.done("suspend", "1")
            #expect(try await run.end() == .code(5))
            try await lab.done("answer", "1", "yes")
            #expect(try await lab.json("runs").list.map { $0["state"] } == ["suspended"])
            try await lab.expect(0, "resume", "1", says: ["completed"])
            try await engine.stop(with: SIGTERM)
        }
    }

    @Test func `B-5: what a run says is followed, and read from the end and in ranges`()
        async throws
    {
        try await Lab.asking { lab in
            try lab.runbook("talk.lua", Self.talking)
            try await lab.expect(5, "run", "talk", "--no-wait")
            var follower = try lab.start("runs", "output", "1", "--follow", "--last", "1")
            _ = try await follower.line(containing: "line 3")
            try await lab.done("answer", "1", "yes")
            try await lab.done("resume", "1")
            _ = try await follower.line(containing: "said after")
            #expect(try await follower.end() == .code(0))
            try await lab.expect(
                0, "runs", "output", "1", "--from", "2", "--to", "2", says: ["line 2"])
            let loud = try await lab.json("runs", "output", "1", "--stream", "error")["lines"].list
            #expect(loud.map { $0["text"] } == ["said after"])
            try await lab.expect(
                2, "runs", "output", "1", "--stream", "eror", says: ["did you mean 'error'?"])
            try await lab.expect(0, "replay", "1", says: ["job.ask(", "talk.lua:5"])
            try await lab.expect(0, "replay", "1", "--to", "1", says: ["count = 3"])
            try await lab.expect(0, "replay", "1", "--check", "talk", says: ["the same 1 calls"])
            try lab.runbook("talk.lua", Self.talking.replacing("Go on?", with: "Stop?"))
            try await lab.expect(
                4, "replay", "1", "--check", "talk", says: ["Stop?", "talk.lua:5", "patch_refused"])
            try await lab.expect(2, "replay", "1", "--step", says: ["--step needs a terminal"])
        }
    }

    private static let talking = """
        return runbook {
          summary = "Says something", run = function()
            local count = 3
            for i = 1, count do job.output("line %d", i) end
            job.ask "Go on?"
            job.error "said after"
          end,
        }
        """
}
