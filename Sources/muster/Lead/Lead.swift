// What the work of a command has to do with, whoever asked for it and wherever it is done.
import Model
import Orchestration
import Replication
import Store

struct Lead: Sendable {
    let lab: Composition
    let token: LeaseToken
    /// Who asked for it.
    let person: Person
    /// Where the person stands: what a relative path begins at.
    let directory: String
    /// Whether this is an engine that serves: it executes runs beside the act.
    let isServing: Bool
    /// Tells whoever asked how far it has come.
    let tell: @Sendable (Value) -> Void

    /// A path as the person typed it, from where he stands.
    func path(_ typed: String) -> String {
        typed.hasPrefix("/") ? typed : "\(directory)/\(typed)"
    }

    /// Raises `scope.refused` for another tenant's machine, and `replication.not_protected`.
    func requireOwnProtected(_ key: String) async throws {
        try await lab.orchestrator.requireOwn(key, by: person)
        try await lab.requireProtected(key)
    }

    private static let pause = Duration.milliseconds(200)

    /// Does `work`, telling meanwhile how far the transfer of that protection has come:
    /// `{"key", "bytes", "of_bytes", "seconds"}`.
    func following<Result: Sendable>(
        _ key: String, _ work: () async throws -> Result
    ) async throws -> Result {
        let (engine, clock, tell) = (lab.replication, lab.clock, tell)
        let begun = clock.now
        let teller = Task {
            while true {
                try await clock.sleep(until: clock.now + Self.pause)
                guard let progress = engine.progress(of: key) else { continue }
                tell([
                    "key": .text(key), "bytes": .integer(progress.done.bytes),
                    "of_bytes": .integer(progress.all.bytes),
                    "seconds": .float((clock.now - begun).seconds),
                ])
            }
        }
        defer { teller.cancel() }
        return try await work()
    }
}
