// The test bed holds what it promises, shown with the shell in place of the program.
import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProgramTests {
    private let shell = Program(
        path: "/bin/sh", workingFolder: FileManager.default.temporaryDirectory)

    @Test func `output, errors, input and exit code are kept apart`() async throws {
        let outcome = try await shell.run(
            ["-c", "cat; echo wrong >&2; exit 3"], input: "given\n")
        #expect(outcome.status == .code(3))
        #expect(outcome.output == "given\n")
        #expect(outcome.errors == "wrong\n")
    }

    @Test func `more output than a pipe holds does not stall`() async throws {
        let outcome = try await shell.run(["-c", "yes | head -c 1000000"])
        #expect(outcome.output.utf8.count == 1_000_000)
    }

    @Test func `a line is waited for, and a killed program is gone`() async throws {
        var program = try shell.start(["-c", "echo one; echo two; exec tail -f /dev/null"])
        #expect(try await program.line(containing: "w") == "two")
        #expect(try await program.stop(with: SIGKILL) == .signal(SIGKILL))
    }

    @Test func `a line that never comes is told with what came instead`() async throws {
        var program = try shell.start(["-c", "echo one; echo two >&2"])
        await #expect {
            try await program.line(containing: "three")
        } throws: {
            "\($0)".contains("one\ntwo")
        }
        #expect(try await program.end() == .code(0))
    }

    @Test func `what is printed as JSON is read step by step`() async throws {
        let outcome = try await shell.run(["-c", #"echo '{"runs":[{"state":"done","n":2}]}'"#])
        let json = try outcome.json
        #expect(json["runs"][0]["state"] == "done")
        #expect(json["runs"][0]["n"] == 2)
        #expect(json["runs"][1]["state"] == .null)
    }
}
