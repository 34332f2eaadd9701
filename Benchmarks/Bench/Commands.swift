// The program as people start it: whole commands, the memory of an engine that waits, and the way
// back after kill -9.
import Foundation
import Model
import Store

enum Commands {
    static var comparisons: [Comparison] {
        get async throws {
            let laboratory = try await laboratory()
            return [
                command("muster run, an empty runbook", ["run", "nothing"], laboratory),
                command("muster tasks, none open", ["tasks"], laboratory),
                memory(laboratory), recovery(laboratory),
            ]
        }
    }

    /// A lab that nobody leads.
    static func laboratory() async throws -> Laboratory {
        let laboratory = try await Laboratory(runbooks: [
            "nothing": runbook(""), "asking": runbook("job.ask(\"Go on?\")"),
            "addresses": runbook(
                """
                for n = 1, 1000 do
                      fabric.set_guest_address("web01", "10.1." .. n // 250 .. "." .. n % 250)
                    end
                """),
        ])
        laboratory.giveUpLead()
        return laboratory
    }

    private static func begin(_ arguments: [String], _ laboratory: Laboratory) throws
        -> ChildProcess
    {
        try ChildProcess(ChildProcess.muster, ["--lab", laboratory.folder] + arguments)
    }

    private static func command(
        _ name: String, _ arguments: [String], _ laboratory: Laboratory
    ) -> Comparison {
        Comparison(
            name: name, unit: .cost("ms"), wanted: .atMost(50), rounds: 15,
            ours: {
                try await seconds {
                    let status = try begin(arguments, laboratory).wait()
                    guard status == 0 else { throw CommandFailed(command: name, status: status) }
                } * 1_000
            },
            peer: Comparison.Peer(name: "lua5.4 -e ''") {
                try await seconds { try ChildProcess.run("lua5.4", ["-e", ""]) } * 1_000
            })
    }

    /// An engine that leads a run which waits for a person.
    private static func memory(_ laboratory: Laboratory) -> Comparison {
        Comparison(
            name: "memory of a waiting engine", unit: .cost("MiB"), wanted: .atMost(50), rounds: 5,
            ours: {
                let before = try newestRun(laboratory)
                let process = try begin(["run", "asking"], laboratory)
                defer { process.kill() }
                try await until("the run waits") {
                    let run = try newestRun(laboratory)
                    return try run != before && laboratory.store.run(run).state == .waiting
                }
                return process.residentMebibytes
            }, peer: nil)
    }

    private static func recovery(_ laboratory: Laboratory) -> Comparison {
        Comparison(
            name: "kill -9 at 400 of 1,000, next step", unit: .cost("ms"), wanted: .atMost(300),
            rounds: 3, ours: { try await killAndResume(laboratory) }, peer: nil)
    }

    /// From the start of `muster resume` to the next new entry, after a kill at call 400 of 1,000.
    static func killAndResume(_ laboratory: Laboratory) async throws -> Double {
        let before = try newestRun(laboratory)
        let first = try begin(["run", "addresses"], laboratory)
        try await until("400 calls are journaled") {
            try newestRun(laboratory) != before
                && calls(of: newestRun(laboratory), laboratory) >= 400
        }
        first.kill()
        let run = try newestRun(laboratory)
        let reached = try calls(of: run, laboratory)
        var second: ChildProcess?
        let pause = try await seconds {
            second = try begin(["resume", "\(run.number)"], laboratory)
            try await until("it goes on") { try calls(of: run, laboratory) > reached }
        }
        guard second?.wait() == 0 else { throw CommandFailed(command: "resume", status: -1) }
        return pause * 1_000
    }

    private static func newestRun(_ laboratory: Laboratory) throws -> RunID {
        try laboratory.store.runs(limit: 1).first?.id ?? RunID(0)
    }

    private static func calls(of run: RunID, _ laboratory: Laboratory) throws -> Int {
        try laboratory.store.journalEnd(of: run).sequence
    }
}

/// Looks every half millisecond; gives up after a minute.
func until(_ what: String, _ isSo: () async throws -> Bool) async throws {
    for _ in 0..<600_000 {
        if try await isSo() { return }
        try await Task.sleep(for: .microseconds(100))
    }
    throw Failure(.internalFault, "a minute has passed, and not yet: \(what)")
}
