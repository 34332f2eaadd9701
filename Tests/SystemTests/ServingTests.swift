// While an engine serves, the other commands reach it by the lab's socket: they say and print what
// they would alone.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct ServingTests {
    private func serving(_ work: (Lab) async throws -> Void) async throws {
        try await Lab.standing { lab in
            var engine = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await engine.line(containing: "listening on")
            try await work(lab)
            #expect(try await engine.stop(with: SIGTERM) == .code(0))
        }
    }

    @Test func `an act is done by the engine that serves, and shown here`() async throws {
        try await serving { lab in
            let synced = try await lab.done("sync", "sql01")
            #expect(synced.output.contains("VM"))
            #expect(synced.output.contains("sql01"))
            #expect(try await lab.json("sync", "--all").list.count == 5)
            try await lab.done("unprotect", "wap02", "--delete-replica")
            try await lab.expect(0, "protect", "wap02", "--target", "bergen", says: ["every 5m"])
        }
    }

    @Test func `a failure of the engine's is the command's own`() async throws {
        try await serving { lab in
            try await lab.expect(
                1, "sync", "sql01", "sql99", says: ["'sql99' is not protected", "sql01"])
            try await lab.expect(4, "protect", "sql01", "--target", "bergen", says: ["sql01"])
            try await lab.expect(2, "sync", "sql01", "--all", says: ["say --all"])
            try await lab.expect(
                2, "--as", "nobody", "sync", "sql01", says: ["knows no person 'nobody'"])
        }
    }

    @Test func `a run is led by the engine, and its end is the command's`() async throws {
        try await serving { lab in
            try lab.runbook("good.lua", Self.good)
            try lab.runbook("ask.lua", Self.ask)
            try await lab.expect(0, "run", "good", says: ["completed", "it is done"])
            try await lab.expect(5, "run", "ask", "--no-wait", says: ["waiting"])
            try await lab.done("answer", "1", "yes")
            try await lab.expect(0, "resume", "3", says: ["completed"])
            try await lab.expect(2, "run", "goood", says: ["did you mean 'good'?"])
        }
    }

    @Test func `a run that waits takes another text while the engine serves`() async throws {
        try await serving { lab in
            try lab.runbook("ask.lua", Self.ask)
            try await lab.expect(5, "run", "ask", "--no-wait")
            try lab.runbook("ask.lua", Self.ask.replacingOccurrences(of: "old", with: "new"))
            try await lab.expect(0, "patch", "2", says: ["has a new text of @ask.lua"])
            try await lab.done("answer", "1", "yes")
            try await lab.done("watch", "2")
            #expect(try await lab.json("report", "2")["returned"].text == "new")
        }
    }

    @Test func `an engine that cannot listen ends with the reason, and gives the lead back`()
        async throws
    {
        try await Lab.standing { lab in
            var engine = try lab.start("serve", "--listen", "127.0.0.1:0")
            let line = try await engine.line(containing: "listening on")
            let port = try #require(line.split(separator: ":").last.map(String.init))
            try await Lab.standing { other in
                try await other.expect(
                    1, "serve", "--listen", "127.0.0.1:\(port)", says: ["[server.address_taken]"])
                try await other.done("sync", "sql01")
            }
            try await engine.stop(with: SIGTERM)
        }
    }

    @Test func `the socket of a dead engine is no obstacle`() async throws {
        try await Lab.standing { lab in
            var dead = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await dead.line(containing: "listening on")
            let socket = "\(lab.path)/engine.socket"
            #expect(
                try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions]
                    as? Int == 0o600)
            try await dead.stop(with: SIGKILL)
            try await lab.done("sync", "sql01")
            var heir = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await heir.line(containing: "listening on")
            try await lab.done("sync", "sql01")
            try await heir.stop(with: SIGTERM)
            #expect(!FileManager.default.fileExists(atPath: socket))
        }
    }

    @Test func `B-8: schedules are made, shown, paused and taken away`() async throws {
        try await Lab.standing { lab in
            try lab.runbook("good.lua", Self.good)
            try await lab.expect(
                0, "schedule", "add", "good", "--cron", "30 2 * * *", "--zone", "Europe/Oslo",
                says: ["good starts good at '30 2 * * *' by the clocks of Europe/Oslo", "next 20"])
            try await lab.expect(
                4, "schedule", "add", "good", "--every", "15m", says: ["[schedule.exists]"])
            let schedule = ["schedule", "add", "good", "--name", "wrong"]
            for (wrong, said) in [
                (["--cron", "0 25 * * *"], "the hour '25'"), (["--every", "5s"], "every 1m"),
                (["--every", "1h", "--zone", "Europe/Osol"], "'Europe/Oslo'"),
                (["--every", "1h", "--at", "22:00"], "say one of"), ([], "say one of"),
            ] {
                try await lab.expect(2, schedule + wrong, says: [said])
            }
            #expect(try await lab.json("schedule", "show", "good")["next"].list.count == 10)
            try await lab.expect(0, "schedule", "pause", "good", says: ["is paused"])
            try await lab.expect(0, "schedule", "list", says: ["NAME", "paused", "run_once"])
            try await lab.expect(0, "schedule", "resume", "good", says: ["next 20"])
            try await lab.expect(2, "schedule", "pause", "goood", says: ["did you mean 'good'?"])
            try await lab.done("schedule", "remove", "good")
            #expect(try await lab.json("schedule", "list").list.isEmpty)
        }
    }

    @Test func `B-8: an engine that serves starts what has come due`() async throws {
        try await Lab.standing { lab in
            try lab.runbook("good.lua", Self.good)
            let due = Date(timeIntervalSinceNow: 1.5).formatted(.iso8601)
            try await lab.done("schedule", "add", "good", "--at", due)
            var engine = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await engine.line(containing: "listening on")
            // Each look is a process of its own, which takes its time.
            var turns: [JSON] = []
            for _ in 0..<2_000 where turns.isEmpty {
                turns = try await lab.json("schedule", "show", "good")["turns"].list
            }
            #expect(turns.first?["outcome"].text == "started")
            try await lab.expect(0, "watch", "2", says: ["completed", "it is done"])
            #expect(try await engine.stop(with: SIGTERM) == .code(0))
        }
    }

    private static let good = """
        return runbook { summary = "Good", run = function() job.output "it is done" end }
        """
    private static let ask = """
        return runbook { summary = "Asks", run = function() job.ask "Well?" return "old" end }
        """
}
