// The command in a terminal, played by `script`: the view is drawn in place, fits the terminal,
// keeps the open question whole, and shows no colour where NO_COLOR is set.
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
                "Is the library share readable from Bergen?", "one of yes, no · role:fabric-admin",
                "muster answer 1 ANSWER", "✔ Preflight  2 done", "· Group: portal",
            ] { #expect(picture.contains(words), "\(words) in \(picture)") }
        }
    }

    /// What is left when the terminal's codes are taken out.
    private static func plain(_ drawn: String) -> String {
        drawn.replacing(#/\u{1B}\[[0-9;?]*[A-Za-z]/#, with: "")
    }
}

extension Lab {
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
