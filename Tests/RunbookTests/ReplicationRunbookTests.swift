// The runbooks of replication on a real lab: the way home of a pair and of a chain, the test that
// leaves nothing, the end of a protection; each aborted, and done to its end by starting it again.
import Fabric
import Model
import Orchestration
import Replication
import Store
import TestSupport
import Testing

@Suite struct ReplicationRunbookTests {
    private static let home: [String: Value] = ["vm": "sql01", "home": "oslo"]

    @Test func `F-7: fail-back-machine brings a pair home, and again does nothing`() async throws {
        let world = try await World()
        try await world.bringAway()
        try await done("fail-back-machine", Self.home, in: world)
        try await expectPairAtHome(world)
        let writes = world.effects.writes.count
        try await done("fail-back-machine", Self.home, in: world)
        #expect(world.effects.writes.count == writes)
    }

    @Test func `F-7: a failover by plan and its way home leave everything as it was`() async throws
    {
        let world = try await World()
        let before = try await world.fabric.machine(.oslo)
        try await done("fail-over-machine", ["vm": "sql01"], in: world)
        #expect(try await world.fabric.machine(.bergen).power == .running)
        try await done("fail-back-machine", Self.home, in: world)
        var after = try await world.fabric.machine(.oslo)
        after.epoch = before.epoch
        #expect(after == before)
        try await expectPairAtHome(world)
    }

    @Test func `F-8: fail-back-chain goes home unattended, and C begins with its own disks`()
        async throws
    {
        let world = try await World.chained()
        try await world.bringAway()
        let record = try await done(
            "fail-back-chain", Self.home, in: world, answers: Self.nobody)
        #expect(record.state == .completed)
        try await expectPairAtHome(world)
        let replication = try world.engine().services.replication
        let chain = try #require(try await replication.protection(of: World.chain))
        #expect(chain.state == .replicating && chain.replica == .tromso)
        // One block was written since C was copied.
        #expect(chain.statistics.bytesSent < 70_000)
        #expect(try await world.bytes(.tromso) == world.bytes(.oslo))
        #expect(try await replication.orphans() == [])
    }

    @Test func `F-8: a machine without a chain is left alone`() async throws {
        let world = try await World()
        try await world.bringAway()
        let writes = world.effects.writes.count
        let record = try await world.run(world.request("fail-back-chain", Self.home))
        #expect(record.failure?.message.contains("fail-back-machine") == true)
        #expect(world.effects.writes.count == writes)
    }

    @Test func `F-8: aborted at any call, the way home of a chain is finished by another run`()
        async throws
    {
        let world = try await World.chained()
        try await world.bringAway()
        try await expectFinishable("fail-back-chain", in: world)
    }

    @Test func `F-7: aborted at any call, the way home of a pair is finished by another run`()
        async throws
    {
        let world = try await World()
        try await world.bringAway()
        try await expectFinishable("fail-back-machine", in: world)
    }

    @Test func `F-2: an abort before the failover gives the machine back`() async throws {
        let world = try await World()
        // Aborted when the guest is off and all is sent.
        let record = try await abort(
            "fail-over-machine", ["vm": "sql01"], at: .intent("replication.prepare"), in: world)
        let machine = try await world.fabric.machine(.oslo)
        #expect(record.state == .aborted)
        #expect(machine.power == .running && machine.role == .production)
        #expect(world.effects.writes.contains { $0.call == .stop })
        let state = try await world.engine().services.replication.state(of: "sql01")
        #expect(state == .replicating)
        try await done("fail-over-machine", ["vm": "sql01"], in: world)
    }

    @Test func `F-2: what waits for completion is not shut down by another failover`() async throws
    {
        let world = try await World()
        try await done("fail-over-machine", ["vm": "sql01", "reverse": false], in: world)
        let record = try await world.run(world.request("fail-over-machine", ["vm": "sql01"]))
        #expect(record.failure?.message.contains("failed-over-waiting-completion") == true)
        #expect(try await world.fabric.machine(.bergen).power == .running)
    }

    @Test(arguments: [Value?.some("yes"), .some("no"), .none])
    func `F-1: test-failover deletes its double, whatever the person says`(
        answer: Value?
    ) async throws {
        let world = try await World()
        let before = try await world.fabric.machines(at: "bergen")
        let record = try await world.run(world.request("test-failover", ["vm": "sql01"])) { _ in
            answer
        }
        #expect((record.state == .completed) == (answer == "yes"))
        #expect(try await world.fabric.machines(at: "bergen") == before)
        let protection = try await world.engine().services.replication.protection(of: "sql01")
        #expect(protection?.test == nil)
    }

    @Test func `F-1: aborted at any call, test-failover leaves nothing`() async throws {
        for commits in 1... {
            let world = try await World()
            let before = try await world.fabric.machines(at: nil)
            let record = try await abort(
                "test-failover", ["vm": "sql01", "point": -1], at: .commits(commits), in: world)
            #expect(try await world.fabric.machines(at: nil) == before, "after \(commits)")
            if record.state == .completed { return }
        }
    }

    @Test func `R-16: take-out-of-protection ends a chain from its end, and lists what is left`()
        async throws
    {
        let world = try await World.chained()
        let record = try await done("take-out-of-protection", ["vm": "sql01"], in: world)
        let store = try Store(folder: world.folder)
        let returned = try RunReport(record.id, store: store, now: world.clock.now).returned
        #expect(returned?["left"] == ["bergen/sql01", "tromso/sql01"])
        let replication = try world.engine().services.replication
        #expect(try await replication.state(of: "sql01") == .disabled)
        #expect(try await replication.state(of: World.chain) == .disabled)
        #expect(try await world.fabric.machine(.oslo).power == .running)
    }

    @Test func `R-16: take-out-of-protection deletes the replicas when it is told to`()
        async throws
    {
        let world = try await World.chained()
        let told: [String: Value] = ["vm": "sql01", "delete_replica": true]
        try await done("take-out-of-protection", told, in: world)
        let machines = try await world.fabric.machines(at: nil)
        #expect(machines.filter { $0.id.name == "sql01" }.map(\.id) == [.oslo])
    }

    // MARK: How they are run

    private static let nobody: @Sendable (Question) -> Value? = { question in
        Issue.record("nobody is there to answer '\(question.request.title)'")
        return nil
    }

    @discardableResult
    private func done(
        _ name: String, _ parameters: [String: Value], in world: World,
        answers: @Sendable (Question) -> Value? = World.agree
    ) async throws -> RunRecord {
        let record = try await world.run(world.request(name, parameters), answers: answers)
        try #require(record.state == .completed, "\(name): \(record.failure?.message ?? "")")
        return record
    }

    /// Runs it and has it aborted at that moment.
    private func abort(
        _ name: String, _ parameters: [String: Value], at moment: AbortOrder.Moment,
        in world: World
    ) async throws -> RunRecord {
        let control = RunControl()
        let order = AbortOrder(at: moment) {
            control.requestAbort(Failure(.runAborted, "aborted by eva: enough"))
        }
        let engine = try world.engine(observing: order)
        let run = try await engine.start(world.request(name, parameters))
        for _ in 0..<100 {
            let record = try await engine.pass(run, control: control)
            if record.state.isFinal { return record }
            for question in try engine.services.store.questions(of: run)
            where question.state == .open {
                try await engine.answer(
                    question.id, World.agree(question), comment: nil, by: World.eva,
                    channel: "test")
            }
        }
        throw Failure(.internalFault, "\(name) did not end")
    }

    /// Aborts a run at each of its commits in turn; a second run must bring the machine home.
    private func expectFinishable(_ name: String, in prepared: World) async throws {
        for commits in 1... {
            let world = try World(copying: prepared)
            let record = try await abort(name, Self.home, at: .commits(commits), in: world)
            try await done(name, Self.home, in: world)
            try await expectPairAtHome(world)
            if record.state == .completed {
                #expect(commits > 20, "it does something")
                return
            }
        }
    }

    private func expectPairAtHome(_ world: World) async throws {
        let replication = try world.engine().services.replication
        let pair = try #require(try await replication.protection(of: "sql01"))
        #expect(pair.primary == .oslo && pair.replica == .bergen)
        #expect(pair.state == .replicating)
        #expect(try await world.fabric.machine(.oslo).power == .running)
        #expect(try await world.fabric.machine(.bergen).role == .replica)
        #expect(try await world.bytes(.oslo) == world.bytes(.bergen))
    }
}

/// Calls somebody, once, at a moment of an engine's life.
private final class AbortOrder: CommitObserver {
    enum Moment {
        /// That many commits were made.
        case commits(Int)
        /// A call of that primitive is about to act.
        case intent(String)
    }

    private let moment: Moment
    private let made = Locked(0)
    private let act: @Sendable () -> Void

    init(at moment: Moment, _ act: @escaping @Sendable () -> Void) {
        self.moment = moment
        self.act = act
    }

    func willCommit(_ changes: [Change]) throws {}

    func didCommit(_ changes: [Change]) throws {
        let made = made.withLock { made in
            made += 1
            return made
        }
        let isTime =
            switch moment {
            case .commits(let count): made == count
            case .intent(let primitive):
                changes.contains { change in
                    guard case .journaled(let entry) = change else { return false }
                    return entry.kind == .intent && entry.primitive == primitive
                }
            }
        if isTime { act() }
    }
}
