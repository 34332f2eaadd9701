// A lab in a temporary folder, with the verbs a system test speaks in. The folder goes when the
// test ends, however it ends.
import Foundation
import Testing

struct Lab: Sendable {
    /// Everything of this test: the lab's own folder, disk images, runbooks.
    let folder: URL
    let program: Program
    /// Who acts when the command names nobody; the tests' own user when nil.
    var person: String?

    var path: String { folder.appending(path: "lab").path }

    /// Gives `work` a fresh folder and removes it afterwards.
    static func scratch(_ work: (Lab) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "muster-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Lanes.shared.pass {
            try await work(Lab(folder: folder, program: try .muster(in: folder)))
        }
    }

    /// Runs `muster --lab …` to its end, whatever its exit code.
    func muster(_ arguments: String..., input: String = "") async throws -> Outcome {
        try await program.run(leading(arguments) + arguments, input: input)
    }

    /// Runs `muster --lab …` and expects it to be done with exit code 0.
    @discardableResult
    func done(
        _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        let outcome = try await program.run(leading(arguments) + arguments)
        try #require(
            outcome.status == .code(0), "\(outcome)", sourceLocation: sourceLocation)
        return outcome
    }

    /// Runs `muster --lab …` and expects it to leave with `code` and to say each of `words`.
    @discardableResult
    func expect(
        _ code: Int32, _ arguments: String..., says words: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        try await expect(code, arguments, says: words, sourceLocation: sourceLocation)
    }

    @discardableResult
    func expect(
        _ code: Int32, _ arguments: [String], says words: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        let outcome = try await program.run(leading(arguments) + arguments)
        #expect(outcome.status == .code(code), "\(outcome)", sourceLocation: sourceLocation)
        for word in words {
            #expect(
                (outcome.output + outcome.errors).contains(word), "'\(word)' in \(outcome)",
                sourceLocation: sourceLocation)
        }
        return outcome
    }

    /// What `muster --lab … --json` printed, whatever its exit code.
    func json(_ arguments: String...) async throws -> JSON {
        try await program.run(leading(arguments) + ["--json"] + arguments).json
    }

    /// Starts `muster --lab …` beside the test, with `environment` over the usual one.
    func start(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws -> RunningProgram {
        var program = program
        program.environment.merge(environment) { $1 }
        return try program.start(leading(arguments) + arguments)
    }

    /// What stands before every command.
    private func leading(_ arguments: [String]) -> [String] {
        let actor = arguments.contains("--as") ? nil : person
        return ["--lab", path] + (actor.map { ["--as", $0] } ?? [])
    }

    /// A sparse disk image with `content` at its beginning.
    func image(_ name: String, bytes: UInt64, content: String = "") throws -> URL {
        let url = folder.appending(path: name)
        try Data(content.utf8).write(to: url)
        let file = try FileHandle(forUpdating: url)
        defer { try? file.close() }
        try file.truncate(atOffset: bytes)
        return url
    }
}
