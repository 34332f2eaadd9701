// The schema's history. A migration that has been released is never edited: a change of mind is the
// next migration. The database's `user_version` counts those that were applied; all that are
// missing are applied in one transaction, so that two processes which open an old lab together both
// find it whole.
import GRDB
import Model

/// One step of the schema's history: SQL text, statements separated by semicolons.
struct Migration: Sendable {
    let sql: String

    static let all: [Migration] = [
        .runs, .questions, .protections, .summaries, .schedules, .children, .wishesAndStreams,
        .assets, .library, .triggers, .subscriptions, .tenants, .addresses,
        .readiness,
    ]
}

/// Brings a database from whatever version it has to the last one of `migrations`.
struct Migrator {
    /// `MUST`, in the header of every database that is ours.
    static let applicationID = 0x4D55_5354

    var migrations = Migration.all

    /// Raises `store.newer` and `store.damaged`.
    func migrate(_ db: Database, at path: String) throws {
        guard try version(of: db, at: path) < migrations.count else { return }
        try db.run("BEGIN IMMEDIATE")
        do {
            // Another process may have migrated between the first look and the lock.
            let version = try version(of: db, at: path)
            for migration in migrations.dropFirst(version) { try db.execute(sql: migration.sql) }
            try db.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(migrations.count)")
            try db.run("COMMIT")
        } catch {
            if db.isInsideTransaction { try db.run("ROLLBACK") }
            throw error
        }
    }

    /// The number of migrations that were applied.
    private func version(of db: Database, at path: String) throws -> Int {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard application == Self.applicationID || (version == 0 && tables == 0) else {
            throw Failure(
                .storeDamaged, "\(path) is a database, but not one of Muster's; name another lab",
                context: ["file": path])
        }
        guard version <= migrations.count else {
            throw Failure(
                .storeNewer,
                "\(path) has schema \(version) and this version of Muster knows \(migrations.count); "
                    + "use the version that wrote it",
                context: ["file": path, "schema": String(version)])
        }
        return version
    }
}
