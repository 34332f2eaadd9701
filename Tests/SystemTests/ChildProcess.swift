// One child of the tests, started and reaped by the system's own calls. Foundation's `Process` sees
// an end only when the grandchildren are gone too, and a killed program must be seen at once.
import Foundation

struct ChildProcess: Sendable {
    let id: pid_t
    /// Tells once how the child left.
    let endings: AsyncStream<ExitStatus>

    /// The descriptors that become the child's input, output and errors.
    struct Streams {
        let input: Int32
        let output: Int32
        let errors: Int32
    }

    init(_ program: Program, _ arguments: [String], _ streams: Streams) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (end, number) in [(streams.input, 0), (streams.output, 1), (streams.errors, 2)] {
            posix_spawn_file_actions_adddup2(&actions, end, Int32(number))
        }
        var child: pid_t = 0
        // `env` changes the folder and becomes the program: the child's id stays.
        let env = ["/usr/bin/env", "-C", program.workingFolder.path, program.path]
        let error = Self.withCStrings(env + arguments) { argv in
            Self.withCStrings(program.wholeEnvironment) { environment in
                posix_spawn(&child, env[0], &actions, nil, argv, environment)
            }
        }
        guard error == 0 else { throw Complaint("\(program.path) does not start: error \(error).") }
        id = child
        endings = Self.endings(of: child)
    }

    func send(_ signal: Int32) { kill(id, signal) }

    private static func endings(of child: pid_t) -> AsyncStream<ExitStatus> {
        AsyncStream { continuation in
            Thread.detachNewThread {
                var status: Int32 = 0
                while waitpid(child, &status, 0) < 0 && errno == EINTR {}
                let signal = status & 0x7f
                continuation.yield(signal == 0 ? .code(status >> 8 & 0xff) : .signal(signal))
                continuation.finish()
            }
        }
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = strings.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        return body(pointers)
    }
}
