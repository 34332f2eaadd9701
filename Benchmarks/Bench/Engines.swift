// Ours beside the engines that people use today: a linear run, its start, the engine that idles,
// and the way back after kill -9.
import Foundation
import Model
import Store

enum Engines {
    static var comparisons: [Comparison] {
        get async throws {
            let laboratory = try await Laboratory(runbooks: [
                "nothing": runbook(""),
                "steps": runbook("for number = 1, 1000 do bench.step(number) end"),
            ])
            let steps: @Sendable () async throws -> Double = {
                1_000 / (try await seconds { try await laboratory.run("steps") })
            }
            return [
                Comparison(
                    name: "steps, one run, beside DBOS", unit: .rate("steps/s"),
                    wanted: .nothing, rounds: 5, ours: steps,
                    peer: PythonPeers.dbos { try figure($0, "steps", "500") }),
                Comparison(
                    name: "steps, one run, beside Ansible", unit: .rate("steps/s"),
                    wanted: .nothing, rounds: 3, ours: steps,
                    peer: PythonPeers.ansible(PythonPeers.playbook(tasks: 100)) { playbook in
                        100 / (try await seconds { try play(playbook) })
                    }),
                Comparison(
                    name: "start of a run, warm, beside DBOS", unit: .cost("ms"),
                    wanted: .atMost(2), rounds: 9,
                    ours: {
                        let times = try await (0..<21).asyncMap { _ in
                            try await seconds { try await laboratory.run("nothing") }
                        }
                        return median(times) * 1_000
                    },
                    peer: PythonPeers.dbos { try figure($0, "start") }),
            ] + (try await commands)
        }
    }

    private static func figure(_ folder: String, _ words: String...) throws -> Double {
        let peer = try DurablePeer(folder, words[0], words.count > 1 ? words[1] : "0")
        defer { peer.wait() }
        return try peer.number()
    }

    private static func play(_ playbook: String) throws {
        try ChildProcess.run(PythonPeers.ansible, ["-i", "localhost,", playbook])
    }

    // MARK: The program

    private static var commands: [Comparison] {
        get async throws {
            let laboratory = try await Commands.laboratory()
            let run: @Sendable () async throws -> Double = {
                try await seconds {
                    try ChildProcess.run(
                        ChildProcess.muster, ["--lab", laboratory.folder, "run", "nothing"])
                } * 1_000
            }
            return [
                Comparison(
                    name: "whole command, beside DBOS", unit: .cost("ms"), wanted: .atMost(50),
                    rounds: 7, ours: run,
                    peer: PythonPeers.dbos { folder in
                        try await seconds {
                            try ChildProcess.run(
                                PythonPeers.python, PythonPeers.arguments(folder, ["nothing"]))
                        } * 1_000
                    }),
                Comparison(
                    name: "whole command, beside Ansible", unit: .cost("ms"), wanted: .atMost(50),
                    rounds: 7, ours: run,
                    peer: PythonPeers.ansible(PythonPeers.playbook(tasks: 0)) { playbook in
                        try await seconds { try play(playbook) } * 1_000
                    }),
                idle(laboratory), killed(laboratory),
            ]
        }
    }

    private static func idle(_ laboratory: Laboratory) -> Comparison {
        Comparison(
            name: "memory of an idle engine", unit: .cost("MiB"), wanted: .atMost(50), rounds: 3,
            ours: {
                let engine = try ServingEngine(laboratory.folder)
                defer { engine.kill() }
                try await engine.leads()
                try await Task.sleep(for: .seconds(1))
                return engine.residentMebibytes
            },
            peer: PythonPeers.dbos { folder in
                let peer = try DurablePeer(folder, "stay")
                defer { peer.kill() }
                _ = try peer.line()
                return peer.residentMebibytes
            })
    }

    private static func killed(_ laboratory: Laboratory) -> Comparison {
        Comparison(
            name: "kill -9, next step, beside DBOS", unit: .cost("ms"), wanted: .atMost(300),
            rounds: 3, ours: { try await Commands.killAndResume(laboratory) },
            peer: PythonPeers.dbos { folder in
                let effects = URL(filePath: "\(folder)/effects")
                let count = {
                    ((try? Data(contentsOf: effects)) ?? Data()).filter { $0 == 10 }.count
                }
                let first = try DurablePeer(folder, "effects", "1000")
                try await until("400 steps are done") { count() >= 400 }
                first.kill()
                let reached = count()
                var second: DurablePeer?
                defer { second?.kill() }
                return try await seconds {
                    second = try DurablePeer(folder, "stay")
                    // The first line may be the step under way, done once more.
                    try await until("it goes on") { count() > reached + 1 }
                } * 1_000
            })
    }
}

/// `muster serve` in a process of its own.
struct ServingEngine {
    private let process: ChildProcess
    private let folder: String

    init(_ folder: String) throws {
        self.folder = folder
        process = try ChildProcess(
            ChildProcess.muster, ["--lab", folder, "serve", "--listen", "127.0.0.1:0"])
    }

    func leads() async throws {
        try await until("an engine leads") { [folder] in try Lease.isHeld(folder: folder) }
    }

    var residentMebibytes: Double { process.residentMebibytes }
    var peakMebibytes: Double { process.peakMebibytes }
    /// Threads that the kernel counts.
    var threads: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.id)/task").count)
            ?? 0
    }
    func kill() { process.kill() }
}

extension Sequence {
    fileprivate func asyncMap<Result>(
        _ transform: (Element) async throws -> Result
    ) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
