// `muster trigger` on a lab of its own, and an engine that serves and hears what happens.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct TriggerCommandTests {
    private static let told = """
        return runbook {
          summary = "Says what it was told.",
          parameters = { vm = { type = "vm", summary = "Which." } },
          run = function(arguments) job.output("it is " .. arguments.vm) end,
        }
        """

    @Test func `B-8: triggers are made, shown, paused and taken away`() async throws {
        try await Lab.standing { lab in
            try lab.runbook("told.lua", Self.told)
            let add = ["trigger", "add", "new", "told", "--on", "vm-appeared"]
            try await lab.expect(
                0, add + ["--site", "oslo"],
                says: ["new starts told on vm-appeared, --site oslo"])
            try await lab.expect(4, add, says: ["[trigger.exists]"])
            for (wrong, said) in [
                (["--on", "vm-appeared", "--to", "critical"], "knows no --to"),
                (["--on", "vm-appeared", "--site", "osol"], "'oslo'"),
                (["--on", "run-ended"], "'vm' is missing"),
            ] {
                try await lab.expect(
                    2, ["trigger", "add", "other", "told"] + wrong, says: [said])
            }
            try await lab.expect(0, "trigger", "show", "new", says: ["it has not fired yet"])
            try await lab.expect(0, "trigger", "pause", "new", says: ["is paused"])
            try await lab.expect(0, "trigger", "list", says: ["NAME", "paused", "--site oslo"])
            try await lab.expect(0, "trigger", "resume", "new", says: ["goes on"])
            try await lab.expect(2, "trigger", "pause", "newt", says: ["did you mean 'new'?"])
            try await lab.done("trigger", "remove", "new")
            #expect(try await lab.json("trigger", "list").list.isEmpty)
        }
    }

    @Test func `B-8: an engine that serves hears of a machine that is imported`() async throws {
        try await Lab.standing { lab in
            try lab.runbook("told.lua", Self.told)
            var engine = try lab.start("serve", "--listen", "127.0.0.1:0")
            _ = try await engine.line(containing: "listening on")
            try await lab.done("trigger", "add", "new", "told", "--on", "vm-appeared")
            let image = lab.folder.appending(path: "web9.img").path
            try Data(count: 65_536).write(to: URL(filePath: image))
            try await lab.done("vm", "import", "web9", "--site", "oslo", "--disk", image)
            // Each look is a process of its own, which takes its time.
            var firings: [JSON] = []
            for _ in 0..<2_000 where firings.isEmpty {
                firings = try await lab.json("trigger", "show", "new")["firings"].list
            }
            #expect(firings.first?["outcome"].text == "started")
            try await lab.expect(0, "watch", "2", says: ["completed", "it is web9"])
            #expect(try await engine.stop(with: SIGTERM) == .code(0))
        }
    }
}
