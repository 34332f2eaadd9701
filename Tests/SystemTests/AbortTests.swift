// Abort works in every state: while machines are moved, while a person is waited for, and when
// nobody leads.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct AbortTests {
    @Test func `a running plan is aborted from a second process`() async throws {
        try await Lab.standing { lab in
            try lab.runbook("slow.lua", Self.slow)
            var run = try lab.start("run", "slow", "--kind", "planned")
            _ = try await run.line(containing: "the first step is done")
            try await lab.expect(
                0, "abort", "2", "--reason", "wrong night", says: ["is being aborted", "watch 2"])
            #expect(try await run.end() == .code(3))
            try await lab.expect(
                0, "report", "2", says: ["aborted by", "wrong night", "fail over sql01  not begun"])
            #expect(try await lab.json("vm", "show", "sql01")["site"] == "oslo")
        }
    }

    @Test func `a run that waits for a person is aborted, led or not`() async throws {
        try await Lab.asking { lab in
            var run = try lab.start("run", "ask")
            _ = try await run.line(containing: "? ")
            try await lab.done("abort", "1", "--reason", "enough")
            #expect(try await run.end() == .code(3))
            try await lab.expect(5, "run", "ask", "--no-wait")
            try await lab.expect(0, "abort", "2", says: ["run 2 is aborted", "muster report 2"])
            #expect(try await lab.json("tasks").list.isEmpty)
            try await lab.expect(4, "answer", "2", "yes", says: ["withdrawn"])
            try await lab.expect(4, "abort", "2", says: ["has ended"])
            try await lab.expect(2, "resume", says: ["no run is unfinished"])
            try await lab.expect(3, "resume", "2", says: ["aborted by ola"])
            #expect(try await lab.json("runs").list.map { $0["state"] } == ["aborted", "aborted"])
        }
    }

    @Test func `a run whose engine was killed is aborted by whoever asks`() async throws {
        try await Lab.asking { lab in
            var run = try lab.start("run", "ask")
            _ = try await run.line(containing: "? ")
            try await run.stop(with: SIGKILL)
            try await lab.expect(0, "abort", "1", says: ["run 1 is aborted"])
        }
    }

    private static let slow = """
        return plan {
          summary = "Waits in its second step", source = "oslo", target = "bergen",
          before = {
            plan.step { "the first", run = function() job.note "the first step is done" end },
            plan.step { "the second", run = function() job.sleep "10m" end },
          },
          groups = { plan.group { "all", vms = { "sql01" } } },
        }
        """
}
