// A folder with a store in it, and the things the tests put there. The folder goes with the object.
import Foundation
import Model
import Store

final class Lab: Sendable {
    let folder: String

    init(under parent: String = NSTemporaryDirectory()) throws {
        folder = "\(parent)/store-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var database: String { "\(folder)/muster.db" }

    func open(observer: (any CommitObserver)? = nil) throws -> Store {
        try Store(folder: folder, observer: observer)
    }

    /// A store in which run 1 is running.
    func openWithRun(observer: (any CommitObserver)? = nil) async throws -> Store {
        let store = try open(observer: observer)
        try await store.commit([
            .runInserted(.sample(1)), .runChanged(RunID(1), .started, at: .second(1)),
        ])
        return store
    }
}

extension Timestamp {
    static func second(_ number: Int) -> Timestamp {
        Timestamp(microseconds: Int64(number) * 1_000_000)
    }
}

extension RunRecord {
    static func sample(_ number: Int64) -> RunRecord {
        RunRecord(
            id: RunID(number), kind: .plan, name: "stamp", file: "runbooks/stamp.lua",
            parameters: ["kind": "planned"], failover: .planned, startedBy: "eva",
            reason: "the drill", createdAt: .second(0), runtimeVersion: "0.1",
            randomSeed: .max - 1)
    }
}

extension JournalEntry {
    static func sample(
        _ kind: Kind, _ sequence: Int, run: Int64 = 1, branch: Branch = .main
    ) -> JournalEntry {
        JournalEntry(
            kind, at: JournalPlace(run: RunID(run), branch: branch, sequence: sequence),
            primitive: "fabric.start", payload: #"{"vm":"sql01"}"#, on: .second(sequence))
    }
}

extension QuestionRequest {
    static func sample(
        who: Answerer = .anybody, deadline: Timestamp? = nil, form: QuestionForm = .confirm,
        quorum: Int = 1, escalation: Escalation? = nil
    ) -> QuestionRequest {
        QuestionRequest(
            title: "Is the share readable?", instructions: "Open it.", form: form, who: who,
            deadline: deadline, quorum: quorum, escalation: escalation)
    }
}

extension QuestionReply {
    static func sample(_ answer: Value? = true, by name: String = "eva", at second: Int = 5) -> Self
    {
        QuestionReply(
            answer: answer, comment: "seen", by: Person(name: name), channel: "command",
            at: .second(second))
    }
}

extension Failure {
    /// Whether `error` is a failure of that code.
    static func isOf(_ code: Code) -> @Sendable (any Error) -> Bool {
        { ($0 as? Failure)?.code == code }
    }
}
