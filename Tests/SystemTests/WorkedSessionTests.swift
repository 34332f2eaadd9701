// The worked session of README.md is what the program does: every command is run, and its output
// held against the page. `SNAPSHOT_UPDATE=1` writes the page anew instead.
//
// What differs from day to day and from machine to machine is held equal: instants, durations,
// amounts of bytes, digests, the person, and how far columns stand apart.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct WorkedSessionTests {
    @Test func `the worked session in the README is what happens`() async throws {
        let page = Repository.root.appending(path: "README.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        var session = try WorkedSession(of: text)
        try await Lab.scratch { lab in
            try FileManager.default.createSymbolicLink(
                at: lab.folder.appending(path: "runbooks"),
                withDestinationURL: Repository.root.appending(path: "runbooks"))
            let outputs = try await lab.replay(session.commands)
            if ProcessInfo.processInfo.environment["SNAPSHOT_UPDATE"] == "1" {
                session.outputs = outputs
                try Data(session.rewritten(text).utf8).write(to: page)
                return
            }
            #expect(session.commands.count > 10)
            for (command, (told, came)) in zip(session.commands, zip(session.outputs, outputs)) {
                #expect(
                    WorkedSession.steady(told) == WorkedSession.steady(came), "$ \(command)")
            }
        }
    }
}

extension Lab {
    /// Runs the commands one after the other in one shell, as a person would; what each printed.
    fileprivate func replay(_ commands: [String]) async throws -> [String] {
        let mark = "\u{1}"
        let script = commands.map { "printf '\(mark)'\n{ \($0)\n} 2>&1" }.joined(separator: "\n")
        var shell = Program(path: "/bin/bash", workingFolder: folder)
        let tools = URL(filePath: program.path).deletingLastPathComponent().path
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        shell.environment = ["PATH": "\(tools):\(path):/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"]
        let outcome = try await shell.run(["-s"], input: script)
        return outcome.output.components(separatedBy: mark).dropFirst().map { output in
            output.hasSuffix("\n") ? String(output.dropLast()) : output
        }
    }
}

/// The ```console blocks between the page's mark and its next heading.
private struct WorkedSession {
    private struct Step {
        let command: String
        var lines: [String]
        /// The line of the page the command stands on, and how many lines of output follow.
        let place: Int
        let count: Int
    }

    private var steps: [Step] = []

    init(of page: String) throws {
        let lines = page.components(separatedBy: "\n")
        let start = try #require(lines.firstIndex(of: "<!-- worked session -->"))
        let end = try #require(lines[start...].firstIndex { $0.hasPrefix("## ") })
        var isInside = false
        var open: (command: String, place: Int)?
        for place in start..<end {
            let line = lines[place]
            let isFence = line.hasPrefix("```")
            if isFence || line.hasPrefix("$ ") {
                if let (command, begun) = open {
                    let output = Array(lines[(begun + 1)..<place])
                    steps.append(
                        Step(command: command, lines: output, place: begun, count: output.count))
                }
                open = nil
            }
            if isFence { isInside = line == "```console" }
            if isInside, line.hasPrefix("$ ") { open = (String(line.dropFirst(2)), place) }
        }
    }

    var commands: [String] { steps.map(\.command) }

    var outputs: [String] {
        get { steps.map { $0.lines.joined(separator: "\n") } }
        set {
            for (index, output) in newValue.enumerated() {
                steps[index].lines = output.isEmpty ? [] : output.components(separatedBy: "\n")
            }
        }
    }

    /// The page with the outputs of now.
    func rewritten(_ page: String) -> String {
        var lines = page.components(separatedBy: "\n")
        for step in steps.reversed() {
            let old = (step.place + 1)..<(step.place + 1 + step.count)
            lines.replaceSubrange(old, with: step.lines)
        }
        return lines.joined(separator: "\n")
    }

    /// The output with everything that may differ held equal.
    static func steady(_ output: String) -> String {
        output
            .replacing(#/\d{4}-\d\d-\d\dT[\d:.]+Z/#, with: "INSTANT")
            .replacing(#/\b\d\d:\d\d:\d\d\b/#, with: "TIME")
            .replacing(#/\b(\d+h)?(\d+m)?\d+(\.\d+)?m?s\b/#, with: "DURATION")
            .replacing(#/\b\d+(\.\d+)?\ (B|KiB|MiB)\b/#, with: "BYTES")
            .replacing(#/\b[0-9a-f]{12}\b|\b[0-9a-f]{32}\b/#, with: "DIGEST")
            .replacing(#/\bby\ \S+/#, with: "by PERSON")
            .replacing(#/\S+\ at\ INSTANT/#, with: "PERSON at INSTANT")
            .replacing(#/[\ ]{2,}/#, with: "  ")
    }
}
