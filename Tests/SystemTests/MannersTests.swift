// The command's manners: what is for programs parses, what is for people has no codes in a pipe,
// and help is there wherever it is asked for.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct MannersTests {
    @Test func `every command that prints does so in JSON when asked`() async throws {
        try await Lab.standing { lab in
            for command in [
                ["status"], ["runs"], ["tasks"], ["report", "1"], ["vm", "list"], ["vm"],
                ["vm", "show", "sql01"], ["vm", "stop", "wap02"], ["vm", "start", "wap02"],
                ["vm", "connect", "sql01", "--switch", "tenant"],
                ["vm", "address", "sql01", "--failover", "10.1.0.1"],
                [
                    "vm", "write", "sql01", "--from",
                    "\(lab.path)/sites/oslo/machines/sql02/disk0.raw",
                ],
                ["site"], ["site", "show", "oslo"], ["site", "add", "tromso"],
                ["site", "host", "tromso", "h1"], ["site", "switch", "tromso", "tenant"],
                ["site", "cut", "tromso"], ["site", "heal", "tromso"],
                ["plan", "check"], ["plan", "show", "management-stamp"], ["sync", "sql01"],
                ["unprotect", "wap02"], ["protect", "wap02", "--target", "tromso"],
                ["run", "fail-over-machine", "--param", "vm=sql01"], ["watch"], ["explain"],
                ["explain", "store.lease_held"], ["site", "lose", "tromso"],
            ] {
                let outcome = try await lab.program.run(["--lab", lab.path] + command + ["--json"])
                #expect(throws: Never.self, "\(outcome)") { try outcome.json }
                #expect(outcome.status == .code(0), "\(outcome)")
            }
        }
    }

    @Test func `a pipe gets no escape codes, and one line for each thing that happened`()
        async throws
    {
        try await Lab.standing { lab in
            for colour in [["NO_COLOR": ""], ["NO_COLOR": "1"]] {
                var program = lab.program
                program.environment = colour
                for command in [["status"], ["run", "fail-over-machine", "--param", "vm=nobody"]] {
                    let outcome = try await program.run(["--lab", lab.path] + command)
                    #expect(!(outcome.output + outcome.errors).contains("\u{1B}"), "\(outcome)")
                }
            }
            let run = try await lab.muster("run", "management-stamp", "--kind", "test")
            let lines = run.output.split(separator: "\n")
            #expect(Set(lines).count == lines.count, "a line stands once: \(run)")
            #expect(lines.count { $0.hasPrefix("Clean up: ✔") } == 5, "\(run)")
        }
    }

    @Test func `every command has help, and every option a line of it`() async throws {
        let program = try Program.muster(in: FileManager.default.temporaryDirectory)
        let all = try await program.run(["--help"])
        #expect(all.status == .code(0))
        #expect(all.output.contains("Exit codes: 0 done, 1 failed"))
        let bare = try await program.run([])
        #expect(bare.output == all.output && bare.status == .code(0))
        var unseen = try Self.commands(in: all.output).map { [$0] }
        #expect(unseen.count >= 18)
        while let command = unseen.popLast() {
            let help = try await program.run(command + ["--help"])
            #expect(help.status == .code(0), "\(help)")
            #expect(help.output.hasPrefix("OVERVIEW: "), "\(help)")
            for line in Self.entries(in: help.output) {
                let words = line.split(separator: " ").filter { !"-<[(".contains($0.first!) }
                #expect(words.count > 1, "without a word: \(command) '\(line)'")
            }
            if help.output.contains("SUBCOMMANDS:") {
                unseen += try Self.commands(in: help.output).map { command + [$0] }
            }
        }
    }

    @Test func `the manual has a page on every primitive and every failure code`() async throws {
        let program = try Program.muster(in: FileManager.default.temporaryDirectory)
        for word in ["fabric", "replication", "job", "plan", "step", "manual", "fabric.start"] {
            let page = try await program.run(["help", word])
            #expect(page.status == .code(0) && page.output.count > 40, "\(page)")
        }
        let codes = try await program.run(["explain"])
        #expect(codes.output.contains("store.lease_held"))
        let page = try await program.run(["explain", "fabric.disk_missing"])
        #expect(page.output.split(separator: "\n").count == 3, "code, meaning, remedy: \(page)")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `the shell completes commands and options`(_ shell: String) async throws {
        let program = try Program.muster(in: FileManager.default.temporaryDirectory)
        let script = try await program.run(["--generate-completion-script", shell])
        #expect(script.status == .code(0))
        for word in ["protect", "accept-loss", "unplanned"] {
            #expect(script.output.contains(word), "\(word)")
        }
        guard shell == "bash" else { return }
        let bash = Program(
            path: "/bin/bash", workingFolder: FileManager.default.temporaryDirectory)
        let check = try await bash.run(["-n"], input: script.output)
        #expect(check.status == .code(0), "\(check)")
    }

    /// The commands that a page of help lists.
    private static func commands(in help: String) throws -> [String] {
        let list = try #require(help.components(separatedBy: "SUBCOMMANDS:\n").last)
        return list.split(separator: "\n").compactMap { line in
            line.wholeMatch(of: #/\ \ ([a-z]+)(\ .*)?/#).map { String($0.1) }
        }
    }

    /// The lines of arguments and options, with what stands on the next line joined.
    private static func entries(in help: String) -> [String] {
        var entries: [String] = []
        for line in help.split(separator: "\n") {
            if line.hasPrefix("  <") || line.hasPrefix("  -") {
                entries.append(String(line.dropFirst(2)))
            } else if line.hasPrefix("          "), let last = entries.popLast() {
                entries.append(last + "  " + line.drop { $0 == " " })
            }
        }
        return entries
    }
}
