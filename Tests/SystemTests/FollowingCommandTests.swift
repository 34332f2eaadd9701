// A plan's run that failed, seen from the command: gone on from, undone, and refused with words.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct FollowingCommandTests {
    private static let broken = Data(
        #"""
        return plan {
          summary = "It breaks", source = "oslo", target = "bergen",
          shutdown = { after = { plan.step {
            "the operator is heard",
            run = function() error "nobody answers" end,
            undo = function() job.note "unheard" end,
          } } },
          groups = { plan.group { "only", vms = { "sql01" } } },
        }
        """#.utf8)

    /// The number of the last run, which failed.
    private func failed(in lab: Lab) async throws -> String {
        try lab.runbook("broken.lua", Self.broken)
        try await lab.expect(3, "run", "broken", "--kind", "planned", says: ["nobody answers"])
        return "2"
    }

    @Test func `P-8: a failed step is skipped from the command, with a reason`() async throws {
        try await Lab.standing { lab in
            let run = try await failed(in: lab)
            try await lab.expect(
                4, "resume", run, "--failed", "skip", says: ["say why the step may be left out"])
            try await lab.expect(2, "resume", run, "--failed", "skp", says: ["skip"])
            try await lab.expect(
                0, "resume", run, "--failed", "skip", "--reason", "he is asleep",
                says: ["run 3: completed"])
            try await lab.expect(
                0, "report", "3", says: ["goes on from run 2", "skipped by", "he is asleep"])
            try await lab.expect(4, "undo", run, says: ["run 3 follows it already"])
            #expect(try await lab.json("vm", "show", "sql01")["site"] == "bergen")
        }
    }

    @Test func `P-10: an aborted run is undone from the command`() async throws {
        try await Lab.standing { lab in
            let run = try await failed(in: lab)
            try await lab.expect(
                0, "undo", run, "--reason", "the wrong night",
                says: ["undo: the operator is heard", "undo: shut down sql01", "run 3: completed"])
            try await lab.expect(0, "report", "3", says: ["undoes run 2", "unheard"])
            try await lab.expect(0, "report", run, says: ["is followed by run 3"])
            let vm = try await lab.json("vm", "show", "sql01")
            #expect(vm["site"] == "oslo")
            #expect(vm["power"] == "running")
        }
    }

    @Test func `P-8: an engine that serves goes on for whoever asks`() async throws {
        try await Lab.standing { lab in
            let run = try await failed(in: lab)
            var engine = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await engine.line(containing: "listening on")
            try await lab.expect(
                0, "resume", run, "--failed", "ignore", "--reason", "no need",
                says: ["run 3: completed"])
            try await engine.stop(with: SIGTERM)
        }
    }
}
