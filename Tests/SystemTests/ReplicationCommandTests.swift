// The commands of replication, alone and by the engine that serves: the life of one machine.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct ReplicationCommandTests {
    @Test func `R-20 a protection rests and goes on`() async throws {
        try await Lab.standing { lab in
            try await lab.expect(0, "suspend", "sql01", says: ["sql01 is suspended"])
            try await lab.expect(4, "sync", "sql01", says: ["suspended"])
            try await lab.expect(0, "resume", "sql01", says: ["sql01 is replicating"])
            try await lab.done("sync", "sql01")
            try await lab.expect(
                1, "suspend", "sql99", says: ["'sql99' is not protected"])
        }
    }

    @Test func `R-11 points are listed with kind and age, and R-19 what was measured`()
        async throws
    {
        try await Lab.standing { lab in
            try await lab.done("sync", "sql01", "--consistent")
            let points = try await lab.json("points", "sql01").list
            #expect(points.last?["kind"] == "app-consistent")
            try await lab.expect(0, "points", "sql01", says: ["AGE", "app-consistent"])
            let measure = try await lab.json("measure", "sql01")
            #expect(measure["state"] == "replicating")
            #expect((measure["succeeded"].integer ?? 0) >= 2)
            try await lab.done("set", "sql01", "--reset-statistics")
            #expect(try await lab.json("measure", "sql01")["succeeded"].integer == 0)
            try await lab.expect(0, "prove", "sql01", says: ["holds what replication brought"])
        }
    }

    @Test func `a status is of those that are named, or of those that are not well`() async throws {
        try await Lab.standing { lab in
            let one = try await lab.json("status", "sql01").list
            #expect(one.map { $0["key"] } == ["sql01"])
            #expect(one[0]["pending_bytes"].integer == 0)
            try await lab.expect(1, "status", "sql99", says: ["'sql99' is not protected"])
            try await lab.expect(0, "status", "--unhealthy", says: ["the health of all is normal"])
            try await lab.done("suspend", "sql02")
            let unwell = try await lab.json("status", "--unhealthy").list
            #expect(unwell.map { $0["health"] } == ["warning"])
        }
    }

    @Test func `a consistency group is cut at one instant`() async throws {
        try await Lab.standing { lab in
            for vm in ["sql01", "sql02"] {
                try await lab.expect(0, "set", vm, "--group", "shop", says: ["in the group shop"])
            }
            try await lab.expect(0, "sync", "--group", "shop", says: ["sql01", "sql02"])
            let common = try await lab.json("points", "--group", "shop").list
            #expect(common.count == 1)
            try await lab.expect(2, "points", "--group", "shpo", says: ["did you mean 'shop'?"])
            try await lab.expect(2, "sync", "sql01", "--group", "shop", says: ["--group NAME"])
        }
    }

    @Test func `F-1, F-3 and F-4 by hand: test, loss, completion and the way home`() async throws {
        try await Lab.standing { lab in
            try await lab.expect(0, "failover", "test", "sql01", says: ["sql01-test is running"])
            try await lab.expect(0, "failover", "clean-up", "sql01", says: ["nothing is left"])
            try await lab.done("site", "lose", "oslo")
            try await lab.expect(
                4, "failover", "unplanned", "sql01", says: ["WOULD LOSE", "--accept-loss"])
            try await lab.expect(
                0, "failover", "unplanned", "sql01", "--accept-loss",
                says: ["failed-over-waiting-completion", "muster failover complete sql01"])
            #expect(try await lab.json("vm", "show", "bergen/sql01")["power"] == "running")
            try await lab.expect(0, "failover", "complete", "sql01", says: ["failed-over"])
            try await lab.done("site", "heal", "oslo")
            try await lab.expect(0, "reverse", "sql01", says: ["bergen/sql01 → oslo/sql01"])
            try await lab.done("resync", "sql01")
            try await lab.expect(0, "failover", "planned", "sql01", says: ["oslo/sql01 → bergen"])
            #expect(try await lab.json("vm", "show", "oslo/sql01")["power"] == "running")
        }
    }

    @Test func `F-2 a planned failover that stopped half way goes on where the machine stands`()
        async throws
    {
        try await Lab.standing { lab in
            for (name, steps) in [
                ("prepare", #"replication.prepare "sql01""#),
                ("fail", #"replication.failover("sql01", { kind = "planned" })"#),
            ] {
                try lab.runbook(
                    "\(name).lua",
                    """
                    return runbook { summary = "Half", run = function()
                      fabric.stop "sql01" \(steps)
                    end }
                    """)
            }
            try await lab.done("run", "prepare")
            try await lab.expect(0, "failover", "planned", "sql01", says: ["bergen/sql01 → oslo"])
            #expect(try await lab.json("vm", "show", "bergen/sql01")["power"] == "running")
            try await lab.done("run", "prepare")
            try await lab.done("run", "fail")
            try await lab.expect(0, "failover", "planned", "sql01", says: ["oslo/sql01 → bergen"])
            #expect(try await lab.json("vm", "show", "oslo/sql01")["power"] == "running")
        }
    }

    @Test func `F-3 an unplanned failover wants a reason while the primary answers`() async throws {
        try await Lab.standing { lab in
            try await lab.expect(
                4, "failover", "unplanned", "sql01", "--accept-loss",
                says: ["[replication.reason_missing]"])
            #expect(try await lab.json("status").list.first?["state"] == "replicating")
        }
    }

    @Test func `P-7 no hand is laid on a machine that a run works on`() async throws {
        try await Lab.standing { lab in
            try lab.runbook(
                "hold.lua",
                """
                return runbook { summary = "Holds", run = function()
                  fabric.stop "sql01" job.ask "Go on?"
                end }
                """)
            try await lab.expect(5, "run", "hold", "--no-wait")
            try await lab.expect(
                4, "failover", "planned", "sql01", says: ["run 2 works on sql01", "muster abort 2"])
        }
    }

    @Test func `R-13 a first copy goes by external media`() async throws {
        try await Lab.standing { lab in
            try await lab.done("unprotect", "sql01", "--delete-replica")
            try await lab.done("protect", "sql01", "--target", "bergen")
            let media = lab.folder.appending(path: "media").path
            try await lab.expect(0, "export", "sql01", "--to", media, says: ["is written to"])
            try await lab.expect(0, "import", "sql01", "--from", media, says: ["is copied"])
            try await lab.done("sync", "sql01")
            #expect(try await lab.json("drift", "sql01").list.isEmpty)
            try await lab.done("unprotect", "sql02", "--delete-replica")
            try await lab.done("protect", "sql02", "--target", "bergen")
            try await lab.expect(
                4, "import", "sql02", "--from", media, says: ["ready-for-initial-replication"])
            try await lab.done("export", "sql02", "--to", media)
            try await lab.expect(
                1, "import", "sql02", "--from", lab.folder.path, says: ["manifest.json"])
        }
    }

    @Test func `R-15 a replica has a replica of its own, and R-8 its interval fits`() async throws {
        try await Lab.standing { lab in
            try await lab.done("site", "add", "tromso")
            try await lab.done("site", "host", "tromso", "troms1")
            try await lab.expect(
                2, "extend", "sql01", "--target", "tromso", "--interval", "30s",
                says: ["[replication.interval_invalid]"])
            try await lab.expect(0, "extend", "sql01", "--target", "tromso", says: ["tromso/sql01"])
            try await lab.done("sync", "sql01:extended")
            let status = try await lab.json("status").list
            #expect(status.contains { $0["key"] == "sql01:extended" })
        }
    }

    @Test func `R-24 the planner says what each interval would cost`() async throws {
        try await Lab.standing { lab in
            let plans = try await lab.json("planner", "sql01", "--for", "1s", "--every", "200ms")
            #expect((plans[0]["choices"].list.count) == 4)
            try await lab.expect(
                2, "planner", "sql01", "--for", "soon", says: ["is not a duration"])
        }
    }

    @Test func `cycles come by themselves while an engine serves, and stop with it`() async throws {
        try await Lab.standing { lab in
            var engine = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await engine.line(containing: "listening on")
            try await lab.done("set", "sql01", "--interval", "continuous")
            let before = try await lab.json("measure", "sql01")["succeeded"].integer ?? 0
            while try await lab.json("measure", "sql01")["succeeded"].integer ?? 0 < before + 2 {}
            #expect(try await engine.stop(with: SIGTERM) == .code(0))
            let after = try await lab.json("measure", "sql01")["succeeded"]
            #expect(try await lab.json("measure", "sql01")["succeeded"] == after)
        }
    }
}
