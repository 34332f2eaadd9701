// A lab in a temporary folder, with the verbs a system test speaks in. The folder goes when the
// test ends, however it ends.
import Foundation
import Testing

struct Lab: Sendable {
    /// Everything of this test: the lab's own folder, disk images, runbooks.
    let folder: URL
    let program: Program

    var path: String { folder.appending(path: "lab").path }

    /// Gives `work` a fresh folder and removes it afterwards.
    static func scratch(_ work: (Lab) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "muster-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await work(Lab(folder: folder, program: try .muster(in: folder)))
    }

    /// Runs `muster --lab …` to its end, whatever its exit code.
    func muster(_ arguments: String..., input: String = "") async throws -> Outcome {
        try await program.run(["--lab", path] + arguments, input: input)
    }

    /// Runs `muster --lab …` and expects it to be done with exit code 0.
    @discardableResult
    func done(
        _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Outcome {
        let outcome = try await program.run(["--lab", path] + arguments)
        try #require(
            outcome.status == .code(0), "\(outcome)", sourceLocation: sourceLocation)
        return outcome
    }

    /// Starts `muster --lab …` beside the test, with `environment` over the usual one.
    func start(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws -> RunningProgram {
        var program = program
        program.environment.merge(environment) { $1 }
        return try program.start(["--lab", path] + arguments)
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
