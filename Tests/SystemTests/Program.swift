// A built program, run from outside: arguments in; exit code, output and errors out. Nothing here
// knows a module of ours. Output goes into unnamed files, so a talkative program can never fill a
// pipe and stall, and a waiting test holds no thread of the test runner.
import Foundation

/// An executable and where it runs.
struct Program: Sendable {
    let path: String
    let workingFolder: URL
    var environment: [String: String] = [:]

    /// The `muster` that was built together with these tests.
    static func muster(in workingFolder: URL) throws -> Program {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = tests.deletingLastPathComponent().appending(path: "muster").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Complaint("There is no \(path): build it with `swift build --product muster`.")
        }
        return Program(path: path, workingFolder: workingFolder)
    }

    /// Runs to the end. Cancelling the test kills the program.
    func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        let given = try unnamedFile(holding: input)
        let output = try unnamedFile()
        let errors = try unnamedFile()
        let child = try ChildProcess(
            self, arguments,
            .init(
                input: given.fileDescriptor, output: output.fileDescriptor,
                errors: errors.fileDescriptor))
        for await status in child.endings {
            return Outcome(
                arguments: arguments, status: status, output: try text(of: output),
                errors: try text(of: errors))
        }
        child.send(SIGKILL)
        throw CancellationError()
    }

    /// Starts and goes on; the program is killed when the value goes away.
    func start(_ arguments: [String]) throws -> RunningProgram {
        try RunningProgram.start(self, arguments)
    }

    var wholeEnvironment: [String] {
        ProcessInfo.processInfo.environment
            .merging(["NO_COLOR": "1", "TZ": "UTC"]) { $1 }
            .merging(environment) { $1 }
            .map { "\($0)=\($1)" }
    }

    private func unnamedFile(holding text: String = "") throws -> FileHandle {
        let path = workingFolder.appending(path: ".\(UUID().uuidString)").path
        let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Complaint("\(path): error \(errno).") }
        unlink(path)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(text.utf8))
        try file.seek(toOffset: 0)
        return file
    }

    private func text(of file: FileHandle) throws -> String {
        try file.seek(toOffset: 0)
        return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    }
}

/// How a program left: by itself with a code, or by a signal.
enum ExitStatus: Sendable, Equatable {
    case code(Int32)
    case signal(Int32)
}

/// What a finished program said.
struct Outcome: Sendable, CustomStringConvertible {
    let arguments: [String]
    let status: ExitStatus
    let output: String
    let errors: String

    /// The output of a command that was given `--json`.
    var json: JSON {
        get throws { try JSONDecoder().decode(JSON.self, from: Data(output.utf8)) }
    }

    var description: String {
        "\(arguments.joined(separator: " ")): \(status)\n\(output)\(errors)"
    }
}

/// A failure of the test bed itself, in a sentence.
struct Complaint: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
