// Two engines on one lab: one leads, one stands by. Whatever becomes of the leader, the other goes
// on with its runs, and nothing is done twice or left out.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct StandbyTests {
    private static let steps = 600

    @Test func `an engine that is killed in the middle is succeeded by the one beside it`()
        async throws
    {
        try await disturbed { leader, heir in
            try await leader.stop(with: SIGKILL)
            _ = try await heir.line(containing: "listening on")
        }
    }

    @Test func `an engine that hangs is ended and succeeded, and cannot wake`() async throws {
        try await disturbed { leader, heir in
            kill(leader.processID, SIGSTOP)
            _ = try await heir.line(
                containing: "process \(leader.processID), answered nothing for 1s and was ended")
            _ = try await heir.line(containing: "listening on")
            #expect(try await leader.end() == .signal(SIGKILL))
        }
    }

    @Test func `an engine that stands by can be stopped, and the leader goes on`() async throws {
        try await Lab.standing { lab in
            var leader = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await leader.line(containing: "listening on")
            var heir = try lab.start("serve", "--standby", "--listen", "127.0.0.1:0")
            _ = try await heir.line(containing: "standing by for `muster")
            #expect(try await heir.stop(with: SIGTERM) == .code(0))
            try await lab.done("sync", "sql01")
            try await leader.stop(with: SIGTERM)
            try await lab.expect(
                2, "serve", "--standby", "--silence", "10ms", says: ["say 1s or more"])
        }
    }

    @Test func `whom nobody leads an engine that stands by leads at once`() async throws {
        try await Lab.standing { lab in
            var engine = try lab.start("serve", "--standby", "--listen", "127.0.0.1:0")
            _ = try await engine.line(containing: "listening on")
            try await lab.done("sync", "sql01")
            #expect(try await engine.stop(with: SIGTERM) == .code(0))
        }
    }

    /// A run of many steps; after some of them something becomes of its engine.
    private func disturbed(
        _ disturb: (inout RunningProgram, inout RunningProgram) async throws -> Void
    ) async throws {
        try await Lab.standing { lab in
            try lab.runbook("work.lua", Self.work)
            var leader = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await leader.line(containing: "listening on")
            var heir = try lab.start(
                "serve", "--standby", "--silence", "1s", "--listen", "127.0.0.1:0")
            _ = try await heir.line(containing: "standing by")
            try await lab.expect(5, "run", "work", "--no-wait")
            var output = try lab.start("runs", "output", "2", "--follow")
            try await lab.done("answer", "1", "yes")
            _ = try await output.line(containing: "step 20")
            try await disturb(&leader, &heir)
            try await lab.done("watch", "2")
            let said = try await lab.json("runs", "output", "2", "--last", "5000")["lines"].list
                .compactMap { $0["text"].text }.filter { $0.hasPrefix("step ") }
            #expect(said == (1...Self.steps).map { "step \($0)" })
            #expect(try await lab.json("report", "2")["returned"].text == "10.0.0.88")
            try await output.stop(with: SIGTERM)
            #expect(try await heir.stop(with: SIGTERM) == .code(0))
        }
    }

    private static let work = """
        return runbook {
          summary = "Has much to do.",
          run = function()
            job.ask "Begin?"
            local address
            for step = 1, \(steps) do
              job.note("step %d", step)
              address = "10.0.0." .. step % 256
              fabric.set_guest_address("sql01", address)
            end
            return address
          end,
        }
        """
}
