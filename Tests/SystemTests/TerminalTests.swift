// The command in a terminal, played by `script`: the view is drawn in place, fits the terminal,
// keeps the open question whole, takes its answer, and shows no colour where NO_COLOR is set.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct TerminalTests {
    private static let columns = 70

    @Test(arguments: ["", "1"])
    func `a run is drawn in place, within the terminal`(noColour: String) async throws {
        try await Lab.standing { lab in
            let drawn = try await lab.inTerminal(
                "run management-stamp --kind planned --no-wait", rows: 18, noColour: noColour)
            #expect(drawn.contains("\u{1B}[J"), "\(drawn)")
            #expect(drawn.contains("\u{1B}[33m") == noColour.isEmpty, "\(drawn)")
            for line in Self.plain(drawn).split(whereSeparator: \.isNewline) {
                #expect(line.count <= Self.columns, "\(line)")
            }
            let picture = Self.plain(drawn).components(separatedBy: "run 2 · ").last ?? ""
            let lines = picture.split(whereSeparator: \.isNewline)
            #expect(lines.count <= 18 + 2, "the picture and the two lines after it: \(picture)")
            for words in [
                "Is the library share readable from Bergen?", "one of yes · role:fabric-admin",
                "muster answer 1 ANSWER", "✔ Shut down: portal  2 done", "· Group: portal",
            ] { #expect(picture.contains(words), "\(words) in \(picture)") }
        }
    }

    @Test func `M-3: the open question is answered where the run is watched`() async throws {
        try await Lab.asking { lab in
            var terminal = try lab.terminal("run ask")
            _ = try await terminal.program.line(containing: "or type the answer here")
            try terminal.type("yse")
            _ = try await terminal.program.line(containing: "did you mean 'yes'?")
            try terminal.type("yes")
            _ = try await terminal.program.line(containing: "run 1: completed")
            #expect(try await terminal.program.end() == .code(0))
            let question = try await lab.json("report", "1")["questions"][0]
            #expect(question["answer"] == "yes" && question["by"] == "ola")
            #expect(question["channel"] == "terminal")
        }
    }

    @Test func `M-2: a refusal typed there aborts, and its words are kept`() async throws {
        try await Lab.asking { lab in
            var terminal = try lab.terminal("run ask")
            _ = try await terminal.program.line(containing: "or type the answer here")
            try terminal.type("--refuse not tonight")
            _ = try await terminal.program.line(containing: "run 1: aborted")
            #expect(try await terminal.program.end() == .code(3))
            try await lab.expect(0, "report", "1", says: ["refused by ola", "not tonight"])
        }
    }

    @Test func `whoever may not answer is not asked to type`() async throws {
        try await Lab.asking(options: "not_starter = true") { lab in
            var terminal = try lab.terminal("run ask")
            _ = try await terminal.program.line(containing: "role:deciders, not ola")
            try await lab.done("answer", "1", "yes", "--as", "per")
            while let line = await terminal.program.nextLine() {
                #expect(!line.contains("type the answer"))
            }
            #expect(try await terminal.program.end() == .code(0))
        }
    }

    @Test func `a run is gone through call by call, on at Enter`() async throws {
        try await Lab.asking { lab in
            try lab.runbook(
                "count.lua",
                """
                return runbook { summary = "Counts", run = function()
                  local n = 1
                  job.now()
                  n = 2
                  job.now()
                end }
                """)
            try await lab.done("run", "count")
            var terminal = try lab.terminal("replay 1 --step")
            _ = try await terminal.program.line(containing: "n = 1")
            try terminal.type("")
            _ = try await terminal.program.line(containing: "n = 2")
            #expect(try await terminal.program.end() == .code(0))
        }
    }

    @Test func `B-6: a secret that is typed is not shown`() async throws {
        try await Lab.scratch { lab in
            try await lab.done("init")
            try await lab.done("asset", "key", "new")
            var terminal = try lab.terminal("asset set sql --user sa")
            _ = try await terminal.program.line(containing: "The secret of sql")
            try terminal.type("gall-and-wormwood")
            _ = try await terminal.program.line(containing: "Once more")
            try terminal.type("gall-and-wormwood")
            while let line = await terminal.program.nextLine() {
                #expect(!line.contains("wormwood"), "\(line)")
            }
            #expect(try await terminal.program.end() == .code(0))
            #expect(try await lab.json("asset", "show", "sql")["version"].integer == 1)
        }
    }

    /// What is left when the terminal's codes are taken out.
    private static func plain(_ drawn: String) -> String {
        drawn.replacing(#/\u{1B}\[[0-9;?]*[A-Za-z]/#, with: "")
    }
}

/// A command in a terminal at which somebody types.
private struct Typing: ~Copyable {
    var program: RunningProgram
    let keyboard: FileHandle

    func type(_ line: String) throws { try keyboard.write(contentsOf: Data((line + "\n").utf8)) }
}

extension Lab {
    /// Starts `muster` in a terminal of 24 rows and 100 columns.
    fileprivate func terminal(_ command: String) throws -> Typing {
        let pipe = folder.appending(path: "keyboard").path
        guard mkfifo(pipe, 0o600) == 0 else { throw Complaint("\(pipe): error \(errno).") }
        // Open for both, so that neither side waits for the other.
        guard let keyboard = FileHandle(forUpdatingAtPath: pipe) else {
            throw Complaint("\(pipe) cannot be opened.")
        }
        var shell = Program(path: "/bin/sh", workingFolder: folder)
        shell.environment = ["TERM": "xterm", "SHELL": "/bin/sh"]
        let actor = person.map { "--as \($0)" } ?? ""
        let line = "stty rows 24 cols 100; \(program.path) --lab \(path) \(actor) \(command)"
        let started = try shell.start(
            ["-c", "exec script -qec '\(line)' /dev/null < '\(pipe)'"])
        return Typing(program: started, keyboard: keyboard)
    }

    /// Everything `muster` wrote to a terminal of that many rows and 70 columns.
    fileprivate func inTerminal(
        _ command: String, rows: Int, noColour: String
    ) async throws -> String {
        var terminal = Program(path: "/usr/bin/script", workingFolder: folder)
        terminal.environment = ["NO_COLOR": noColour, "TERM": "xterm", "SHELL": "/bin/sh"]
        let line = "stty rows \(rows) cols 70; \(program.path) --lab \(path) \(command)"
        return try await terminal.run(["-qec", line, "/dev/null"]).output
    }
}
