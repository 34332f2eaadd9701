// Processes as the benchmarks need them: begun by the system's own call, so that what is measured
// is the program and not a library around it; silent; ended by waiting or by SIGKILL.
import Foundation

struct ChildProcess {
    let id: pid_t

    /// Begins `program`, found along PATH when it has no slash. It reads from `input` and writes
    /// to `output`; without, nothing comes and what it says goes nowhere.
    init(
        _ program: String, _ arguments: [String], input: Int32? = nil, output: Int32? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, given) in [(Int32(0), input), (1, output), (2, nil)] {
            if let given {
                posix_spawn_file_actions_adddup2(&actions, given, descriptor)
            } else {
                posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
            }
        }
        let texts = ([program] + arguments).map { strdup($0) }
        defer { for text in texts { free(text) } }
        var id: pid_t = 0
        let code = posix_spawnp(&id, program, &actions, nil, texts + [nil], environ)
        guard code == 0 else { throw CommandFailed(command: program, status: code) }
        self.id = id
    }

    /// Waits for the end; returns the exit code, -1 after a signal.
    @discardableResult
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) == -1, errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }

    /// Ends it at once, as a power cut would.
    func kill() {
        Glibc.kill(id, SIGKILL)
        wait()
    }

    /// Memory in use, as the kernel counts it.
    var residentMebibytes: Double { mebibytes("VmRSS:") }

    /// The most that was in use since the process began.
    var peakMebibytes: Double { mebibytes("VmHWM:") }

    private func mebibytes(_ field: String) -> Double {
        let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(field) } ?? ""
        return (line.split(separator: " ").compactMap { Double($0) }.first ?? 0) / 1024
    }

    /// Runs a command to its end, which must be a good one.
    static func run(_ program: String, _ arguments: [String]) throws {
        let status = try ChildProcess(program, arguments).wait()
        guard status == 0 else { throw CommandFailed(command: program, status: status) }
    }

    /// The built program, which lies beside this one.
    static let muster = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "muster").path
}

struct CommandFailed: Error {
    let command: String
    let status: Int32
}
