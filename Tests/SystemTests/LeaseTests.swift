// One engine leads a lab; the second says who does, and reading goes on all the same.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct LeaseTests {
    @Test func `a second engine is told who leads`() async throws {
        try await Lab.standing { lab in
            try lab.runbook("ask.lua", Self.ask)
            var run = try lab.start("run", "ask")
            _ = try await run.line(containing: "? ")
            let holder = "process \(run.processID)"
            let words = ["run ask", holder, "[store.lease_held]"]
            try await lab.expect(4, "run", "ask", says: words)
            try await lab.expect(4, "resume", "2", says: words)
            try await lab.expect(4, "sync", "--all", says: words)
            try await lab.expect(4, "protect", "sql01", "--target", "bergen", says: words)
            try await lab.expect(4, "unprotect", "sql01", says: words)
            for reading in ["status", "runs", "tasks"] { try await lab.done(reading) }
            #expect(try await lab.json("runs").list.count == 2, "the second engine wrote no run")
            try await run.stop(with: SIGKILL)
            try await lab.done("sync", "--all")
        }
    }

    private static let ask = """
        return runbook { summary = "Asks", run = function() job.ask "Well?" end }
        """
}
