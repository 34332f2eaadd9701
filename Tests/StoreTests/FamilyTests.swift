// Runs that belong to each other, as rows: numbered in the transaction, started once, woken by what
// concerns them.
import Model
import Store
import Testing

@Suite struct FamilyTests {
    let lab: Lab
    let store: Store
    let parent = RunID(1)

    init() async throws {
        lab = try Lab()
        store = try await lab.openWithRun()
    }

    private func child(
        _ sequence: Int, of run: RunID = RunID(1), isAwaited: Bool = true
    ) -> RunRecord {
        var record = RunRecord.sample(0)
        record.parent = RunParent(
            place: JournalPlace(run: run, branch: Branch("before/1"), sequence: sequence),
            isAwaited: isAwaited)
        record.priority = .high
        return record
    }

    private func abort(_ second: Int = 5) -> RunWishMade {
        RunWishMade(by: "eva", reason: nil, at: .second(second))
    }

    @Test func `a child gets the next number and reads back as it was written`() async throws {
        try await store.commit([.runAdded(child(1)), .runAdded(child(2))])
        var expected = child(2)
        expected.id = RunID(3)
        #expect(try store.run(RunID(3)) == expected)
        #expect(try store.child(at: expected.parent!.place) == RunID(3))
        #expect(try store.children(of: parent) == [RunID(2), RunID(3)])
    }

    @Test func `a call starts one child, and a run has one successor`() async throws {
        try await store.commit([.runAdded(child(1))])
        await #expect {
            try await store.commit([.runAdded(child(1))])
        } throws: { Failure.isOf(.storeConflict)($0) }
        var successor = RunRecord.sample(0)
        successor.continuation = RunContinuation(predecessor: RunID(2), origin: RunID(2))
        let again = successor
        try await store.commit([.runAdded(successor)])
        #expect(try store.successor(of: RunID(2)) == RunID(3))
        #expect(try store.lastSuccessor(of: RunID(2)) == RunID(3))
        await #expect {
            try await store.commit([.runAdded(again)])
        } throws: { Failure.isOf(.runTransitionRefused)($0) }
    }

    @Test func `the lineage names what continued once`() async throws {
        var successor = RunRecord.sample(0)
        successor.continuation = RunContinuation(predecessor: RunID(2), origin: RunID(2))
        var last = child(1, of: RunID(3))
        last.name = "deep"
        try await store.commit([.runAdded(child(1)), .runAdded(successor), .runAdded(last)])
        #expect(try store.lineage(of: RunID(4)).names == ["stamp", "stamp", "deep"])
    }

    @Test func `the end of a child wakes whoever waits for it`() async throws {
        try await store.commit([
            .runAdded(child(1)), .runAdded(child(2, isAwaited: false)),
            .runChanged(parent, .parked, at: .second(2)),
        ])
        try await store.commit([.runChanged(RunID(3), .failed, at: .second(3))])
        #expect(try store.run(parent).wakeAt == nil)
        try await store.commit([.runChanged(RunID(2), .failed, at: .second(4))])
        #expect(try store.run(parent).wakeAt == .second(4))
    }

    @Test func `news of a running run is kept until it parks`() async throws {
        try await store.commit([
            .runWished(parent, .abort, abort()),
            .runChanged(parent, .parked, at: .second(6), wakeAt: .second(90)),
        ])
        #expect(try store.run(parent).wakeAt == .second(5))
        try await store.commit([
            .runChanged(parent, .woken, at: .second(7)),
            .runChanged(parent, .parked, at: .second(8), wakeAt: .second(90)),
        ])
        #expect(try store.run(parent).wakeAt == .second(90))
    }

    @Test func `an abort goes to the children that are waited for and have not ended`() async throws
    {
        try await store.commit([
            .runAdded(child(1)), .runAdded(child(2, isAwaited: false)), .runAdded(child(3)),
            .runChanged(RunID(4), .failed, at: .second(3)),
            .childrenAborted(parent, abort()), .abortWished(RunID(4), abort()),
        ])
        #expect(try (2...4).map { try store.run(RunID($0)).abort?.by } == ["eva", nil, nil])
        try await store.commit([.childAwaited(RunID(3)), .childrenAborted(parent, abort(6))])
        #expect(try store.run(RunID(3)).abort?.at == .second(6))
        #expect(try store.run(RunID(2)).abort?.at == .second(5))
        #expect(try store.runsToEnd(of: .family(parent)) == [RunID(2), RunID(3)])
    }

    @Test func `a place is refused by the tenant's share and by what runs in all`() async throws {
        var first = RunRecord.sample(2)
        first.scope = "contoso"
        var second = RunRecord.sample(3)
        second.scope = "contoso"
        try await store.commit([.runInserted(first), .runInserted(second)])
        try await store.commit([.runChanged(RunID(2), .started, at: .second(1))])
        for slots in [RunSlots(inScope: 1), RunSlots(inAll: 2)] {
            await #expect {
                try await store.commit([.slotRequired(RunID(3), slots)])
            } throws: { Failure.isOf(.runSlotTaken)($0) }
        }
        try await store.commit([.slotRequired(RunID(3), RunSlots(inScope: 2, inAll: 3))])
    }
}
