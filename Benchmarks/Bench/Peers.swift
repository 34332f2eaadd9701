// The engines that people use today, as peers: DBOS on SQLite by a script of ours, Ansible by
// playbooks. `make bench` installs them beside the build; where they are not, figures stand alone.
import Foundation

enum PythonPeers {
    private static let build = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let python = build.appending(path: "peers/bin/python").path
    static let ansible = build.appending(path: "peers/bin/ansible-playbook").path

    /// Said before the figures; nil when both are there.
    static var whatIsMissing: String? {
        let missing = [("DBOS", hasDBOS), ("Ansible", hasAnsible)].filter { !$0.1 }.map(\.0)
        guard !missing.isEmpty else { return nil }
        return "\(missing.joined(separator: " and ")) left out: `make bench` installs the peers "
            + "(PEERS in the Makefile) with python3-venv, when the package index can be reached.\n"
    }

    static var hasDBOS: Bool {
        FileManager.default.fileExists(atPath: build.appending(path: "peers/bin/dbos").path)
    }

    static var hasAnsible: Bool { FileManager.default.fileExists(atPath: ansible) }

    static func arguments(_ folder: String, _ words: [String]) -> [String] {
        let script = build.deletingLastPathComponent().appending(path: "Peers/durable.py").path
        return [script, folder] + words
    }

    /// The peer when DBOS is installed. Each round gets a new folder.
    static func dbos(
        _ measure: @escaping (_ folder: String) async throws -> Double
    ) -> Comparison.Peer? {
        guard hasDBOS else { return nil }
        return Comparison.Peer(name: "DBOS on SQLite") { try await inFolder(measure) }
    }

    static func ansible(
        _ playbook: String, _ measure: @escaping (_ playbook: String) async throws -> Double
    ) -> Comparison.Peer? {
        guard hasAnsible else { return nil }
        return Comparison.Peer(name: "ansible-playbook, no record") {
            try await inFolder { folder in
                let path = "\(folder)/playbook.yml"
                try playbook.write(toFile: path, atomically: false, encoding: .utf8)
                return try await measure(path)
            }
        }
    }

    private static func inFolder(
        _ work: (String) async throws -> Double
    ) async throws -> Double {
        let folder = NSTemporaryDirectory() + "muster-peer-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await work(folder)
    }

    /// A play at this machine of `count` tasks that do nothing.
    static func playbook(tasks count: Int) -> String {
        "- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n"
            + (0..<max(count, 1)).map {
                count == 0 ? "    []\n" : "    - ansible.builtin.debug: {msg: \"\($0)\"}\n"
            }.joined()
    }
}

/// A process of DBOS that one talks with by lines.
final class DurablePeer {
    private let process: ChildProcess
    private let input = Pipe()
    private let output = Pipe()

    init(_ folder: String, _ words: String...) throws {
        process = try ChildProcess(
            PythonPeers.python, PythonPeers.arguments(folder, words),
            input: input.fileHandleForReading.fileDescriptor,
            output: output.fileHandleForWriting.fileDescriptor)
        try output.fileHandleForWriting.close()
        try input.fileHandleForReading.close()
    }

    var residentMebibytes: Double { process.residentMebibytes }

    /// The next line it prints. Raises when it ends first.
    func line() throws -> String {
        var bytes: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        throw CommandFailed(command: "durable.py", status: process.wait())
    }

    func number() throws -> Double { Double(try line()) ?? .nan }

    /// Answers a waiting workflow; returns the milliseconds until its next step began.
    func answer(_ number: Int) throws -> Double {
        try input.fileHandleForWriting.write(contentsOf: Data("\(number)\n".utf8))
        return try self.number()
    }

    func kill() { process.kill() }
    func wait() { process.wait() }
}
