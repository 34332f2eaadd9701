// Opening: what is set on the connection, the way up from each earlier schema, and everything that
// is not our database.
import Foundation
import GRDB
import Model
import Testing

@testable import Store

@Suite struct OpeningTests {
    let lab: Lab

    init() throws { lab = try Lab() }

    @Test func `commits wait for the disk, and foreign keys are on`() async throws {
        let store = try lab.open()
        let pragmas = try await store.queue.writeWithoutTransaction { db in
            try ["synchronous", "journal_mode", "foreign_keys"].map { pragma in
                try String.fetchOne(db, sql: "SELECT * FROM pragma_\(pragma)")
            }
        }
        #expect(pragmas == ["2", "wal", "1"])
    }

    @Test func `what was committed is there when the lab is opened again`() async throws {
        do {
            let store = try await lab.openWithRun()
            try await store.commit([.journaled(.sample(.intent, 1))])
        }
        let store = try lab.open()
        #expect(try store.run(RunID(1)).state == .running)
        #expect(try store.entries(of: RunID(1)).count == 1)
        try store.check()
    }

    @Test func `every earlier schema is brought up, and the last is left alone`() async throws {
        let newest = try await schema(of: lab.open())
        for version in 0...Migration.all.count {
            let lab = try Lab()
            let queue = try DatabaseQueue(path: lab.database)
            let former = Migrator(migrations: Array(Migration.all.prefix(version)))
            try await queue.writeWithoutTransaction { try former.migrate($0, at: lab.database) }
            try queue.close()
            for time in ["first", "second"] {
                let reached = try await schema(of: lab.open())
                #expect(reached == newest, "from version \(version), \(time) time")
            }
        }
    }

    @Test func `protections of the third schema are summarised from their records`() async throws {
        var other = Protection.sample("vm02")
        other.statistics = ReplicationStatistics()
        other.points = []
        other.group = nil
        other.terms = ProtectionTerms()
        let records = [Protection.sample("vm01"), other]
        do {
            let queue = try DatabaseQueue(path: lab.database)
            let former = Migrator(migrations: Array(Migration.all.prefix(3)))
            try await queue.writeWithoutTransaction { [lab] db in
                try former.migrate(db, at: lab.database)
                for record in records {
                    try db.execute(
                        sql: "INSERT INTO protection VALUES (?, ?, ?, 'oslo', 'bergen', ?, 7)",
                        arguments: [
                            record.key, record.vm, record.state.rawValue,
                            String(decoding: try JSONEncoder().encode(record), as: UTF8.self),
                        ])
                }
            }
            try queue.close()
        }
        let store = try lab.open()
        #expect(try store.protectionSummaries() == records.map { ProtectionSummary($0) })
        let first = try #require(try store.protection(of: "vm01"))
        #expect(
            try JSONDecoder().decode(Protection.self, from: Data(first.record.utf8)) == records[0])
        #expect(first.updatedAt == Timestamp(microseconds: 7))
    }

    @Test func `many who open a new lab together all find it whole`() async throws {
        let folder = lab.folder
        try await withThrowingTaskGroup(of: Store.self) { group in
            for _ in 1...8 { group.addTask { try Store(folder: folder) } }
            for try await store in group { #expect(try store.runs().isEmpty) }
        }
    }

    @Test func `a migration that fails leaves the former schema`() async throws {
        _ = try lab.open()
        let queue = try DatabaseQueue(path: lab.database)
        let broken = Migrator(
            migrations: Migration.all + [
                Migration(sql: "CREATE TABLE extra (a); CREATE TABLE run (a)")
            ])
        await #expect(throws: DatabaseError.self) {
            try await queue.writeWithoutTransaction { try broken.migrate($0, at: lab.database) }
        }
        let tables = try await queue.read { try $0.tableExists("extra") }
        #expect(!tables)
        _ = try lab.open()
    }

    @Test func `a database of a later version is refused and left alone`() async throws {
        _ = try lab.open()
        try await DatabaseQueue(path: lab.database).writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA user_version = 99")
        }
        #expect { try lab.open() } throws: { error in
            Failure.isOf(.storeNewer)(error) && "\(error)".contains("schema 99")
        }
    }

    @Test func `a folder that is not there is named`() {
        let folder = "\(lab.folder)/nowhere"
        #expect { try Store(folder: folder) } throws: { error in
            Failure.isOf(.fileSystem)(error) && "\(error)".contains(folder)
        }
    }

    @Test func `somebody else's database is refused`() async throws {
        try await DatabaseQueue(path: lab.database).write {
            try $0.execute(sql: "CREATE TABLE a (b)")
        }
        #expect { try lab.open() } throws: { error in
            Failure.isOf(.storeDamaged)(error) && "\(error)".contains("not one of Muster's")
        }
    }

    private func schema(of store: Store) async throws -> [String] {
        try await store.queue.read { db in
            try String.fetchAll(
                db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        }
    }
}
