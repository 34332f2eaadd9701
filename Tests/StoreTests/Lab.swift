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

extension Protection {
    /// One with something in every field that a summary takes.
    static func sample(_ vm: String) -> Protection {
        var protection = Protection(
            vm: vm, primary: MachineID(site: "oslo", name: vm),
            replica: MachineID(site: "bergen", name: vm), interval: .fiveMinutes,
            isCompressed: true, pointsKept: 2, disks: [], excludedDisks: [], epoch: 1)
        protection.state = .error
        protection.group = "shop"
        for hour in 1...3 {
            let now = Timestamp.second(hour * 3600)
            protection.points.append(
                RecoveryPoint(sequence: hour, generation: 1, kind: .standard, cutAt: now))
            protection.statistics.succeed(
                cutAt: now, now: now + .seconds(1), bytes: 5, changed: 7)
            protection.statistics.miss(hour, now: now)
        }
        protection.statistics.fail(Failure(.refused, "it won't"), now: .second(9999))
        protection.terms.monitoringSeconds = 7200
        protection.terms.firstCopyAt = .second(1)
        protection.terms.resyncAt = .second(2)
        protection.terms.exportedAt = .second(3)
        return protection
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
