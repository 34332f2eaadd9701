// The command from outside: what a person meets first.
import Testing

@Suite(.timeLimit(.minutes(10))) struct CommandTests {
    @Test func `the version is printed and nothing else happens`() async throws {
        try await Lab.scratch { lab in
            let outcome = try await lab.program.run(["--version"])
            #expect(outcome.status == .code(0), "\(outcome)")
            let line = try #require(outcome.output.split(separator: "\n").first)
            #expect(line.wholeMatch(of: /(muster )?\d+\.\d+\.\d+\S*/) != nil, "\(outcome)")
            #expect(outcome.errors.isEmpty)
        }
    }
}
