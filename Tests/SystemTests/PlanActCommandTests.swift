// What is done with a whole plan after a failover, by the command: change-point, complete, reverse.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct PlanActCommandTests {
    private static let plan = Data(
        #"""
        return plan {
          summary = "Two", source = "oslo", target = "bergen",
          groups = { plan.group { "only", vms = { "sql01", "wap01" } } },
        }
        """#.utf8)

    private func failedOver(_ lab: Lab) async throws {
        try lab.runbook("two.lua", Self.plan)
        for vm in ["sql01", "wap01"] {
            try await lab.done("unprotect", vm, "--delete-replica")
            try await lab.done("protect", vm, "--target", "bergen", "--points", "3")
            try await lab.done("sync", vm)
            try await lab.done("sync", vm)
        }
        try await lab.done(
            "run", "two", "--kind", "unplanned", "--reason", "a drill", "--accept-loss")
    }

    @Test func `P-5: another point, completed, reversed and failed back by the command`()
        async throws
    {
        try await Lab.standing { lab in
            try await failedOver(lab)
            let points = try await lab.json("points", "sql01").list
            let first = try #require(points[0]["sequence"].integer)
            try await lab.expect(
                4, "run", "two", "--kind", "change-point", "--point", "sql01=\(first)",
                says: ["WOULD LOSE", "say --accept-loss"])
            try await lab.expect(
                0, "run", "two", "--kind", "change-point", "--point", "sql01=\(first)",
                "--accept-loss",
                says: ["change the point of sql01", "completed"])
            try await lab.expect(
                0, "run", "two", "--kind", "complete", "--dry-run",
                says: ["its other points are given up"])
            try await lab.expect(
                0, "run", "two", "--kind", "complete", says: ["complete sql01", "completed"])
            try await lab.expect(
                0, "run", "two", "--kind", "complete", says: ["nothing to complete"])
            try await lab.expect(
                0, "run", "two", "--kind", "reverse", says: ["turn round wap01", "completed"])
            try await lab.expect(0, "runs", says: ["change-point", "reverse"])
            try await lab.expect(0, "run", "two", "--kind", "failback", says: ["completed"])
            #expect(try await lab.json("vm", "show", "wap01")["site"] == "oslo")
        }
    }

    @Test func `P-5: what is asked wrongly is told before anything is written`() async throws {
        try await Lab.standing { lab in
            try lab.runbook("two.lua", Self.plan)
            let before = try await lab.json("runs").list.count
            for (arguments, words) in [
                (["two", "--kind", "change-point"], "say to which point"),
                (["two", "--kind", "change-point", "--to", "yesterday"], "--to takes latest"),
                (["two", "--kind", "change-point", "--point", "sql01"], "VM=NUMBER"),
                (["two", "--kind", "complete", "--to", "latest"], "for --kind change-point"),
                (["fail-over-machine", "--kind", "complete"], "takes no --kind"),
            ] {
                try await lab.expect(2, ["run"] + arguments, says: [words])
            }
            #expect(try await lab.json("runs").list.count == before)
        }
    }
}
