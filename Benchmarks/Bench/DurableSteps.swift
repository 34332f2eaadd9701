// Steps whose intent and result are each committed, by the whole path: Lua, border, journal, store.
// Beside a bare loop in C that commits one row after the other, on the same file system.
import Foundation
import LuaRuntime
import Model
import Peers

enum DurableSteps {
    static var comparisons: [Comparison] {
        get async throws {
            let laboratory = try await Laboratory(runbooks: [
                "steps": steps(1_000), "many": steps(500),
            ])
            return [oneRun(laboratory), hundredRuns(laboratory)]
        }
    }

    private static func steps(_ count: Int) -> String {
        runbook("for number = 1, \(count) do bench.step(number) end")
    }

    private static func oneRun(_ laboratory: Laboratory) -> Comparison {
        Comparison(
            name: "steps, one run", unit: .rate("steps/s"), wanted: .ratio(0.4),
            ours: { 1_000 / (try await seconds { try await laboratory.run("steps") }) },
            peer: bareRows(laboratory))
    }

    private static func hundredRuns(_ laboratory: Laboratory) -> Comparison {
        Comparison(
            name: "steps, 100 runs at once", unit: .rate("steps/s"), wanted: .atLeast(40_000),
            rounds: 3,
            ours: {
                50_000 / (try await seconds { try await runTogether(100, "many", laboratory) })
            },
            peer: bareRows(laboratory))
    }

    static func runTogether(_ count: Int, _ runbook: String, _ laboratory: Laboratory) async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask(executorPreference: LuaExecutor.shared) {
                    try await laboratory.run(runbook)
                }
            }
            try await group.waitForAll()
        }
    }

    /// What the disk alone asks of whoever commits so often, in milliseconds.
    static func bareCommits(_ count: Int32, _ laboratory: Laboratory) -> Comparison.Peer {
        Comparison.Peer(name: "C: \(count) commits, WAL and FULL") {
            let path = "\(laboratory.folder)/bare-\(UUID().uuidString).db"
            let database = peer_database_open(path)
            defer { peer_database_close(database) }
            return (await seconds { peer_database_insert(database, count) }) * 1_000
        }
    }

    private static func bareRows(_ laboratory: Laboratory) -> Comparison.Peer {
        Comparison.Peer(name: "C loop, rows/s, WAL and FULL") {
            let path = "\(laboratory.folder)/bare-\(UUID().uuidString).db"
            let database = peer_database_open(path)
            defer { peer_database_close(database) }
            return 2_000 / (await seconds { peer_database_insert(database, 2_000) })
        }
    }
}

/// What a run costs before and beside its steps.
enum StartingRuns {
    static var comparisons: [Comparison] {
        get async throws {
            let laboratory = try await Laboratory(runbooks: [
                "nothing": runbook(""), "waiting": asking(after: 0), "long": asking(after: 2_000),
            ])
            return [start(laboratory), try await replay(laboratory)]
        }
    }

    private static func asking(after steps: Int) -> String {
        runbook("for number = 1, \(steps) do bench.step(number) end job.ask(\"Go on?\")")
    }

    private static func start(_ laboratory: Laboratory) -> Comparison {
        Comparison(
            name: "start of a run, warm", unit: .cost("ms"), wanted: .atMost(2), rounds: 21,
            ours: { (try await seconds { try await laboratory.run("nothing") }) * 1_000 },
            peer: DurableSteps.bareCommits(3, laboratory))
    }

    /// The time of a pass over 2,000 recorded calls less that of one over none.
    private static func replay(_ laboratory: Laboratory) async throws -> Comparison {
        let long = try await laboratory.start("long")
        let waiting = try await laboratory.start("waiting")
        try await laboratory.pass(long)
        try await laboratory.pass(waiting)
        return Comparison(
            name: "replay of an entry, from the store", unit: .cost("µs"), wanted: .atMost(2.3),
            ours: {
                let all = try await seconds { try await laboratory.pass(long) }
                let rest = try await seconds { try await laboratory.pass(waiting) }
                return (all - rest) / 4_000 * 1e6
            }, peer: nil)
    }
}
