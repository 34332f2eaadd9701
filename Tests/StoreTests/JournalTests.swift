// The journal: appended in order, read back in order, never changed, provable.
import GRDB
import Model
import Store
import Testing

@Suite struct JournalTests {
    let lab: Lab
    let store: Store
    let run = RunID(1)

    init() async throws {
        lab = try Lab()
        store = try await lab.openWithRun()
    }

    @Test func `entries read back in order, branch by branch`() async throws {
        let branch = Branch.main.child("group:databases").child("vm:sql01")
        let main: [JournalEntry] = [.sample(.intent, 1), .sample(.result, 1), .sample(.intent, 2)]
        let other: [JournalEntry] = [
            .sample(.intent, 1, branch: branch), .sample(.failure, 1, branch: branch),
        ]
        for entry in [main[0], other[0], main[1], main[2], other[1]] {
            try await store.commit([.journaled(entry)])
        }
        #expect(try store.entries(of: run) == main)
        #expect(try store.entries(of: run, branch: branch) == other)
        #expect(try store.entries(of: run, after: 1) == [main[2]])
        #expect(try store.entries(of: run, limit: 2) == [main[0], main[1]])
        #expect(try store.branches(of: run) == [.main, branch])
        let end = try store.journalEnd(of: run)
        #expect(end.sequence == 2 && !end.isClosed)
        try store.verifyJournal(of: run)
    }

    @Test(arguments: [
        [JournalEntry.sample(.intent, 2)],
        [.sample(.result, 1)],
        [.sample(.intent, 1), .sample(.intent, 1)],
        [.sample(.intent, 1), .sample(.intent, 2)],
        [.sample(.intent, 1), .sample(.result, 1), .sample(.failure, 1)],
        [.sample(.intent, 1), .sample(.result, 2)],
    ])
    func `a gap, a second outcome or an outcome without intent is refused`(
        entries: [JournalEntry]
    ) async throws {
        await #expect {
            try await store.commit(entries.map { .journaled($0) })
        } throws: { Failure.isOf(.journalOrder)($0) }
        #expect(try store.entries(of: run).isEmpty)
    }

    @Test func `two stores that append to one branch in turns make one chain`() async throws {
        let other = try lab.open()
        for sequence in 1...10 {
            try await store.commit([.journaled(.sample(.intent, sequence))])
            try await other.commit([.journaled(.sample(.result, sequence))])
        }
        await #expect {
            try await store.commit([.journaled(.sample(.result, 10))])
        } throws: { Failure.isOf(.journalOrder)($0) }
        try store.verifyJournal(of: run)
        #expect(try store.journalEnd(of: run).sequence == 10)
    }

    @Test func `after a refusal the chain goes on from what stands`() async throws {
        try await store.commit([.journaled(.sample(.intent, 1))])
        await #expect {
            try await store.commit([
                .journaled(.sample(.result, 1)), .runRequired(run, in: .waiting),
            ])
        } throws: { Failure.isOf(.runTransitionRefused)($0) }
        try await store.commit([.journaled(.sample(.failure, 1))])
        #expect(try store.entries(of: run).map(\.kind) == [.intent, .failure])
        try store.verifyJournal(of: run)
    }

    @Test func `an entry needs its run`() async throws {
        await #expect {
            try await store.commit([.journaled(.sample(.intent, 1, run: 99))])
        } throws: { Failure.isOf(.storeConflict)($0) }
    }

    @Test(arguments: ["journal", "source", "decision", "event", "lease", "question"])
    func `what is kept for ever can be neither changed nor deleted`(table: String) async throws {
        let place = JournalPlace(run: run, sequence: 1)
        let holder = LeaseHolder(
            processID: 1, hostName: "a", command: "muster serve", since: .second(1))
        try await store.commit([
            .journaled(.sample(.intent, 1)), .sourceStored("return 1"),
            .decided(
                Decision(who: "eva", what: "failover", reason: nil, at: .second(1), run: run)),
            .recorded(Event(topic: "scope.refused", run: run, record: "{}", at: .second(1))),
            .leaseTaken(LeaseToken(1), holder),
            .questionAsked(place, .sample(), at: .second(1)),
            .questionWithdrawn(QuestionID(1), at: .second(2)),
        ])
        let database = try DatabaseQueue(path: lab.database)
        let column = try await database.read { db in
            try #require(try db.columns(in: table).last?.name)
        }
        for sql in ["DELETE FROM \(table)", "UPDATE \(table) SET \(column) = \(column)"] {
            await #expect(throws: DatabaseError.self) {
                try await database.write { try $0.execute(sql: sql) }
            }
        }
        let count = try await database.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)")
        }
        #expect(count == 1)
    }

    @Test(arguments: [
        "UPDATE journal SET payload = '{}' WHERE position = 2",
        "UPDATE journal SET at = at + 1 WHERE position = 3",
        "UPDATE journal SET primitive = 'fabric.stop' WHERE position = 1",
        "DELETE FROM journal WHERE position = 2",
        "DELETE FROM journal WHERE position = 1",
        "DELETE FROM journal WHERE position = 6",
        "UPDATE journal SET previous = NULL WHERE position = 4",
    ])
    func `an entry changed behind our back is named`(forgery: String) async throws {
        for sequence in 1...3 {
            try await store.commit([
                .journaled(.sample(.intent, sequence)), .journaled(.sample(.result, sequence)),
            ])
        }
        try store.verifyJournal(of: run)
        try await DatabaseQueue(path: lab.database).write { db in
            try db.execute(sql: "DROP TRIGGER journal_unchanged; DROP TRIGGER journal_kept;")
            try db.execute(sql: "PRAGMA ignore_check_constraints = 1")
            try db.execute(sql: forgery)
        }
        #expect { try store.verifyJournal(of: run) } throws: { error in
            Failure.isOf(.journalTampered)(error) && "\(error)".contains("run 1, main")
        }
    }

    @Test func `a payload may hold anything, up to a megabyte`() async throws {
        let payload = Value.list([
            .text(String(repeating: "æ\u{0}\"", count: 1 << 17)), .null, .float(0.1),
        ]).canonicalJSON
        var entry = JournalEntry.sample(.intent, 1)
        entry.payload = payload
        try await store.commit([.journaled(entry)])
        #expect(try store.entries(of: run)[0].payload == payload)
        try store.verifyJournal(of: run)
    }
}
