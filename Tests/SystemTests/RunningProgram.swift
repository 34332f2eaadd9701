// A program that goes on while the test does other things. Its output and errors arrive as one
// sequence of lines; a test waits for a line, never for a time.
import Foundation

struct RunningProgram: ~Copyable {
    private let child: ChildProcess
    private let arguments: [String]
    private var lines: AsyncStream<String>.Iterator
    private var seen: [String] = []
    private var status: ExitStatus?

    private init(_ child: ChildProcess, _ arguments: [String], output: FileHandle) {
        self.child = child
        self.arguments = arguments
        lines = Self.lines(of: output).makeAsyncIterator()
    }

    static func start(_ program: Program, _ arguments: [String]) throws -> RunningProgram {
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(nothing) }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Complaint("No pipe: error \(errno).") }
        // Another program started meanwhile must not hold the pipe open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        let reader = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        let child = try ChildProcess(
            program, arguments, .init(input: nothing, output: ends[1], errors: ends[1]))
        return RunningProgram(child, arguments, output: reader)
    }

    deinit {
        if status == nil { child.send(SIGKILL) }
    }

    /// Waits until a line that holds `text` is printed, and returns it. Fails with everything that
    /// was printed when the program ends, or the test's time is up, before.
    mutating func line(containing text: String) async throws -> String {
        while let line = await lines.next(isolation: #isolation) {
            seen.append(line)
            if line.contains(text) { return line }
        }
        throw complaint("never printed \"\(text)\"")
    }

    /// The next line that is printed; nil when the program has closed its output.
    mutating func nextLine() async -> String? {
        let line = await lines.next(isolation: #isolation)
        if let line { seen.append(line) }
        return line
    }

    /// The system's number of the program.
    var processID: pid_t { child.id }

    /// Ends the program: with SIGKILL as a power failure would, with SIGTERM as a service manager
    /// does. Returns when it is gone.
    @discardableResult
    mutating func stop(with signal: Int32) async throws -> ExitStatus {
        child.send(signal)
        return try await end()
    }

    /// Waits until the program leaves.
    mutating func end() async throws -> ExitStatus {
        for await ending in child.endings { status = ending }
        guard let status else { throw complaint("did not end") }
        return status
    }

    private func complaint(_ what: String) -> Complaint {
        let printed = seen.joined(separator: "\n")
        return Complaint("`\(arguments.joined(separator: " "))` \(what). It printed:\n\(printed)")
    }

    /// The lines of a pipe until its other end is closed, read on a thread of their own.
    private static func lines(of file: FileHandle) -> AsyncStream<String> {
        AsyncStream { continuation in
            Thread.detachNewThread {
                var rest = Data()
                while case let piece = file.availableData, !piece.isEmpty {
                    rest += piece
                    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                        continuation.yield(String(decoding: rest[..<end], as: UTF8.self))
                        rest = Data(rest[(end + 1)...])
                    }
                }
                if !rest.isEmpty { continuation.yield(String(decoding: rest, as: UTF8.self)) }
                continuation.finish()
            }
        }
    }
}
