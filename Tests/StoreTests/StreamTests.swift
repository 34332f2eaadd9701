// B-5: the lines of a run's streams are read from either end and in ranges, at the cost of what is
// read.
import GRDB
import Model
import Testing

@testable import Store

@Suite struct StreamTests {
    let lab: Lab

    init() throws { lab = try Lab() }

    private static func line(_ ordinal: Int, _ level: RunNote.Level, run: Int64 = 1) -> Change {
        .noted(
            RunNote(
                run: RunID(run), ordinal: ordinal, level: level, text: "\(ordinal)",
                at: .second(ordinal)))
    }

    /// A run of ten lines: an error at 3, warnings at 4 and 9, what a plan notes in between.
    private func told() async throws -> Store {
        let store = try await lab.openWithRun()
        try await store.commit([.runInserted(.sample(2)), Self.line(1, .error, run: 2)])
        let plan = RunNote(
            run: RunID(1), branch: Branch("progress"), ordinal: 1, level: .plan, text: "[]",
            at: .second(1))
        let levels: [Int: RunNote.Level] = [3: .error, 4: .warning, 9: .warning]
        let lines = (1...10).map { Self.line($0, levels[$0] ?? .verbose) }
        try await store.commit(lines.prefix(5) + [.noted(plan)] + lines.suffix(5))
        // A replay says everything again.
        try await store.commit(lines + [.noted(plan)])
        return store
    }

    @Test func `B-5: lines are counted by run, and what a plan notes of itself is none`()
        async throws
    {
        let store = try await told()
        let lines = try store.lines(of: RunID(1), limit: 100)
        #expect(lines.map(\.number) == Array(1...10))
        #expect(lines.map(\.note.ordinal) == Array(1...10))
        #expect(try store.lines(of: RunID(2), limit: 100).map(\.number) == [1])
        #expect(try store.planNotes(of: RunID(1)).map(\.text) == ["[]"])
    }

    @Test func `B-5: streams are read apart and together, from the end and in ranges`()
        async throws
    {
        let store = try await told()
        let loud: Set<RunNote.Level> = [.warning, .error]
        func numbers(
            _ streams: Set<RunNote.Level>, _ range: ClosedRange<Int64> = 1...(.max), of limit: Int,
            fromEnd: Bool = false
        ) throws -> [Int64] {
            try store.lines(of: RunID(1), in: streams, range, limit: limit, fromEnd: fromEnd)
                .map(\.number)
        }
        #expect(try numbers(loud, of: 9) == [3, 4, 9])
        #expect(try numbers(loud, of: 2, fromEnd: true) == [4, 9])
        #expect(try numbers(loud, of: 2) == [3, 4])
        #expect(try numbers(loud, 4...8, of: 9) == [4])
        #expect(try numbers(Set(RunNote.Level.streams), 5...7, of: 9) == [5, 6, 7])
        #expect(try numbers(Set(RunNote.Level.streams), of: 3, fromEnd: true) == [8, 9, 10])
        #expect(try numbers([], of: 9).isEmpty)
    }

    @Test func `B-5: of a hundred thousand lines only those are read that are shown`()
        async throws
    {
        let store = try await lab.openWithRun()
        try await store.queue.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE counted (n) AS
                        (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 100000)
                    INSERT INTO note (run, branch, ordinal, level, text, at, line)
                    SELECT 1, '', n, iif(n % 1000 = 0, 'warning', 'verbose'), 'x', n, n FROM counted
                    """)
        }
        let last = try store.lines(of: RunID(1), in: [.warning], limit: 2, fromEnd: true)
        #expect(last.map(\.number) == [99_000, 100_000])
        for query in [
            "SELECT * FROM note WHERE run = 1 AND line BETWEEN 5 AND 9 ORDER BY line DESC LIMIT 3",
            "SELECT * FROM note WHERE run = 1 AND level = 'error' AND line BETWEEN 5 AND 9 "
                + "ORDER BY line ASC LIMIT 3",
            "SELECT max(line) FROM note WHERE run = 1",
        ] {
            let plan = try await store.queue.read { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(query)")
                    .map { $0["detail"] as String }
            }
            #expect(plan.count == 1, "\(plan)")
            #expect(plan[0].contains("SEARCH note USING") && plan[0].contains("INDEX"), "\(plan)")
        }
    }

    @Test func `lines that were written before they had numbers get them in their order`()
        async throws
    {
        let queue = try DatabaseQueue(path: lab.database)
        let former = Migrator(
            migrations: Array(Migration.all.prefix { $0.sql.contains("line") == false }))
        try await queue.writeWithoutTransaction { db in
            try former.migrate(db, at: lab.database)
            try db.execute(
                sql: """
                    INSERT INTO run (id, kind, name, file, parameters, direction, started_by, state,
                        created_at, runtime_version, random_seed, limits)
                    VALUES (1, 'plan', 'a', 'a.lua', '{}', 'forward', 'eva', 'running', 0, '0', 0, '{}');
                    INSERT INTO note (run, branch, ordinal, level, text, at) VALUES
                        (1, '', 1, 'verbose', 'a', 0), (1, 'progress', 1, 'progress', '[]', 0),
                        (1, 'progress/x', 1, 'progress', '{}', 0), (1, '', 2, 'progress', 'b', 0);
                    """)
        }
        try queue.close()
        let store = try lab.open()
        let lines = try store.lines(of: RunID(1), limit: 9)
        #expect(lines.map(\.number) == [1, 2])
        #expect(lines.map(\.note.text) == ["a", "b"])
        #expect(try store.planNotes(of: RunID(1)).count == 2)
    }
}
