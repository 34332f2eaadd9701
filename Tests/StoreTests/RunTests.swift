// Runs, sources and notes: what is written is read back, and what may not follow is refused.
import Model
import Store
import Testing

@Suite struct RunTests {
    let lab: Lab
    let store: Store
    let run = RunID(1)

    init() async throws {
        lab = try Lab()
        store = try await lab.openWithRun()
    }

    @Test func `a run reads back as it was written`() async throws {
        var record = RunRecord.sample(7)
        record.scope = "contoso"
        record.limits = RunLimits(
            memory: ByteCount(1 << 20), instructions: 7, time: .seconds(60), atOnce: 2)
        record.sources = [RunSource(module: "stamp", digest: Digest(of: "return 1"))]
        try await store.commit([.sourceStored("return 1"), .runInserted(record)])
        #expect(try store.run(RunID(7)) == record)
        #expect(try store.source(record.sources[0].digest) == "return 1")
        #expect(try store.source(Digest(of: "nothing")) == nil)
    }

    @Test func `a place is refused while as many of that name are running`() async throws {
        try await store.commit([.runInserted(.sample(2)), .runInserted(.sample(3))])
        try await store.commit([.slotRequired(RunID(2), RunSlots(atOnce: 2))])
        try await store.commit([.runChanged(RunID(2), .started, at: .second(2))])
        await #expect {
            try await store.commit([.slotRequired(RunID(3), RunSlots(atOnce: 2))])
        } throws: {
            Failure.isOf(.runSlotTaken)($0) && "\($0)".contains("there is run 1, 2")
        }
        try await store.commit([.runChanged(run, .parked, at: .second(3))])
        try await store.commit([.slotRequired(RunID(3), RunSlots(atOnce: 2))])
    }

    @Test func `a run's life leaves its times, its failure and no wake time behind`() async throws {
        let failure = Failure(.usage, "no such vm", context: ["vm": "sql99"])
        try await store.commit([
            .runChanged(run, .parked, at: .second(2), wakeAt: .second(60))
        ])
        #expect(try store.run(run).wakeAt == .second(60))
        #expect(try store.nextDeadline() == .second(60))
        try await store.commit([
            .runChanged(run, .woken, at: .second(3)),
            .runChanged(run, .failed, at: .second(4), failure: failure),
        ])
        let record = try store.run(run)
        #expect(record.state == .failed)
        #expect(record.startedAt == .second(1))
        #expect(record.endedAt == .second(4))
        #expect(record.failure == failure)
        #expect(record.wakeAt == nil)
        #expect(try store.nextDeadline() == nil)
    }

    @Test func `an event that cannot happen is refused and its batch undone`() async throws {
        await #expect {
            try await store.commit([
                .noted(RunNote(run: run, ordinal: 1, level: .output, text: "a", at: .second(1))),
                .runChanged(run, .woken, at: .second(2)),
            ])
        } throws: { Failure.isOf(.runTransitionRefused)($0) }
        #expect(try store.run(run).state == .running)
        #expect(try store.lines(of: run, limit: 10).isEmpty)
    }

    @Test func `a required state holds or refuses the batch`() async throws {
        try await store.commit([.runRequired(run, in: .running)])
        await #expect {
            try await store.commit([.runRequired(run, in: .waiting)])
        } throws: { Failure.isOf(.runTransitionRefused)($0) }
    }

    @Test func `a run that is not there is named`() async throws {
        #expect { try store.run(RunID(9)) } throws: { "\($0)".contains("run 9") }
        await #expect {
            try await store.commit([.runChanged(RunID(9), .started, at: .second(1))])
        } throws: { Failure.isOf(.unknownName)($0) }
    }

    @Test func `a number is given once, also by two stores at the same time`() async throws {
        await #expect {
            try await store.commit([.runInserted(.sample(1))])
        } throws: { Failure.isOf(.numberTaken)($0) }
        let other = try lab.open()
        let numbers = try await withThrowingTaskGroup(of: RunID.self) { group in
            for index in 0..<20 {
                let store = index.isMultiple(of: 2) ? store : other
                group.addTask {
                    try await store.commitRun { [.runInserted(.sample($0.number))] }
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(numbers.count == 20)
        #expect(try store.runs(limit: 100).count == 21)
    }

    @Test func `runs are listed newest first, by state, in pages`() async throws {
        for number in 2...9 { try await store.commit([.runInserted(.sample(Int64(number)))]) }
        #expect(try store.runs(limit: 3).map(\.id.number) == [9, 8, 7])
        #expect(try store.runs(before: RunID(7), limit: 3).map(\.id.number) == [6, 5, 4])
        #expect(try store.runs(in: [.running]).map(\.id.number) == [1])
        #expect(try store.runs(in: [.completed, .failed]).isEmpty)
    }

    @Test func `the first wish to abort stands, and an ended run takes none`() async throws {
        let first = RunWishMade(by: "eva", reason: "wrong site", at: .second(2))
        try await store.commit([.runWished(run, .abort, first)])
        try await store.commit([
            .runWished(run, .abort, RunWishMade(by: "ola", reason: nil, at: .second(3)))
        ])
        #expect(try store.run(run).abort == first)
        try await store.commit([.runChanged(run, .aborted, at: .second(4))])
        await #expect {
            try await store.commit([.runWished(run, .abort, first)])
        } throws: { Failure.isOf(.runTransitionRefused)($0) }
    }

    @Test func `a chunk must be stored before a run can use it`() async throws {
        let source = RunSource(module: "network", digest: Digest(of: "return 2"))
        await #expect {
            try await store.commit([.sourceUsed(run, source)])
        } throws: { Failure.isOf(.storeConflict)($0) }
        try await store.commit([.sourceStored("return 2"), .sourceUsed(run, source)])
        try await store.commit([.sourceStored("return 2"), .sourceUsed(run, source)])
        #expect(try store.run(run).sources == [source])
    }

    @Test func `notes are read from the end and in ranges, and a replay adds none`() async throws {
        func note(_ ordinal: Int, _ branch: Branch) -> Change {
            .noted(
                RunNote(
                    run: run, branch: branch, ordinal: ordinal, level: .warning,
                    text: "\(branch) \(ordinal)", at: .second(ordinal)))
        }
        let changes = (1...5).flatMap { [note($0, .main), note($0, Branch("vm:web01"))] }
        try await store.commit(changes)
        try await store.commit(changes)
        let last = try store.lines(of: run, limit: 3, fromEnd: true)
        #expect(last.map(\.note.text) == ["vm:web01 4", "main 5", "vm:web01 5"])
        let earlier = try store.lines(
            of: run, 1...(last[0].number - 1), limit: 2, fromEnd: true)
        #expect(earlier.map(\.note.text) == ["vm:web01 3", "main 4"])
        #expect(try store.notes(of: run, after: 0, limit: 100).count == 10)
        #expect(try store.notes(of: run, after: 10, limit: 100).isEmpty)
    }
}
