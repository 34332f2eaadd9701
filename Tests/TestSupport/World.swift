// A lab for tests: real folders, real disks, a real store; time stands still and people answer at
// once. The lab is made once in the process and copied for each test.
import Fabric
import Foundation
import LuaRuntime
import Model
import Orchestration
import Replication
import Store

package final class World: Sendable {
    package let folder: String
    package let clock = VirtualClock()
    /// Every call the fabric received, from all engines of this world.
    package let effects = EffectLog()
    private let runbooks: Locked<[String: String]>

    /// A copy of the lab of two sites with five protected, running machines.
    package init(runbooks: [String: String] = [:]) async throws {
        let template = try await Template.shared.folder()
        folder = Self.scratchFolder()
        self.runbooks = Locked(runbooks)
        try Self.copy(template, to: folder)
    }

    /// A world of its own that begins as another one stands; its effects are counted anew.
    package init(copying other: World) throws {
        folder = Self.scratchFolder()
        runbooks = Locked(other.runbooks.withLock { $0 })
        try Self.copy(other.folder, to: folder)
        clock.advance(to: other.clock.now)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Memory is the quickest disk there is, and no test here asks what a power cut leaves.
    static func scratchFolder() -> String {
        let shared = "/dev/shm"
        let root =
            FileManager.default.isWritableFile(atPath: shared)
            ? shared : FileManager.default.temporaryDirectory.path
        return "\(root)/muster-\(UUID().uuidString)"
    }

    /// Copies with the times of the files: by them replication knows that nobody else wrote.
    private static func copy(_ source: String, to target: String) throws {
        try FileManager.default.copyItem(atPath: source, toPath: target)
        let paths = FileManager.default.enumerator(atPath: source)
        while let path = paths?.nextObject() as? String {
            var status = stat()
            guard stat("\(source)/\(path)", &status) == 0 else { continue }
            let times = [status.st_atim, status.st_mtim]
            utimensat(AT_FDCWD, "\(target)/\(path)", times, 0)
        }
    }

    /// The text of a runbook; nil takes it away.
    package func write(_ name: String, _ text: String?) {
        runbooks.withLock { $0["\(name).lua"] = text }
    }

    // MARK: Engines

    /// Whether runs leave memory before each of their calls (MUSTER_EVICT), as `make test` has them
    /// do a second time.
    package static let evicts = ProcessInfo.processInfo.environment["MUSTER_EVICT"] != nil

    /// An engine of this lab, which may be made to die, or watched, and whose fabric may be made to
    /// fail.
    package func engine(
        dying death: Death? = nil, observing observer: (any CommitObserver)? = nil,
        faults: FaultPlan = FaultPlan(), adding: [Primitive] = [],
        policy: ReplicationPolicy = ReplicationPolicy(), rights: Rights = Rights(),
        evicting: Bool = World.evicts
    ) throws -> Orchestrator {
        let store = try Store(folder: folder, observer: death ?? observer)
        let fabric = FaultyFabric(
            try EmbeddedFabric(folder: folder), plan: faults, log: effects)
        let replication = ReplicationEngine(
            fabric: fabric, ledger: StoreLedger(store: store, clock: clock), clock: clock,
            lab: folder, policy: policy)
        return Orchestrator(
            services: Services(
                fabric: fabric, replication: replication, store: store, clock: clock,
                rights: rights, evictsAtCalls: evicting),
            catalogue: Catalogue(adding: adding), library: library, version: "test"
        ) { _ in }
    }

    /// The lab's fabric, looked at from outside.
    package var fabric: EmbeddedFabric {
        get throws { try EmbeddedFabric(folder: folder) }
    }

    private var library: Library {
        let own = runbooks
        return Library(
            baked: Library.bakedModules,
            list: { own.withLock { Array($0.keys) } },
            read: { path throws(Failure) in
                own.withLock { $0[path] } ?? Repository.runbook(path)
            })
    }

    // MARK: Running

    package static let eva = Person(name: "eva", roles: ["fabric-admin"])

    package func request(
        _ name: String, kind: FailoverKind? = nil, _ parameters: [String: Value] = [:],
        scope: String? = nil, reason: String? = nil
    ) -> RunRequest {
        RunRequest(
            name: name, kind: kind, parameters: parameters, scope: scope, by: Self.eva,
            reason: reason, seed: 7)
    }

    /// Executes a run to its end: whenever it waits, people answer, or the clock moves on.
    @discardableResult
    package func finish(
        _ run: RunID, on engine: Orchestrator, answers: @Sendable (Question) -> Value? = World.agree
    ) async throws -> RunRecord {
        let store = engine.services.store
        for _ in 0..<1000 {
            let record = try await engine.settle(run, under: nil)
            if try store.isOver(.family(run)) { return record }
            let open = try store.openQuestions()
            for question in open {
                try await engine.answer(
                    question.id, answers(question), comment: nil, by: Self.eva, channel: "test")
            }
            let wakeAt = try store.nextWake(of: .family(run), after: clock.now)
            if open.isEmpty, let wakeAt { clock.advance(to: wakeAt) }
        }
        throw Failure(.internalFault, "run \(run) did not end within a thousand passes")
    }

    /// Says yes, the first choice, or 1.
    package static let agree: @Sendable (Question) -> Value? = { question in
        switch question.request.form {
        case .choices(let choices): .text(choices[0])
        case .text: "yes"
        case .number: 1
        case .confirm: true
        case .name(let name): .text(name)
        }
    }

    /// Starts a run and executes it to its end.
    @discardableResult
    package func run(
        _ request: RunRequest, on engine: Orchestrator? = nil,
        answers: @Sendable (Question) -> Value? = World.agree
    ) async throws -> RunRecord {
        let engine = try engine ?? self.engine()
        return try await finish(try await engine.start(request), on: engine, answers: answers)
    }
}
