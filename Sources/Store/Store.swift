// The durable memory of a lab: one SQLite database, `muster.db`, in the lab's folder. What must
// stay true: a commit that has returned survives a power cut (WAL with synchronous=FULL); every
// write goes through `commit`; nothing outside this room knows SQL.
import Foundation
import GRDB
import Model

/// The durable memory of one lab. Any number of processes may open the same folder.
package final class Store: Sendable {
    /// The lab's folder.
    package let folder: String
    let path: String
    let queue: DatabaseQueue
    private let readers: Readers
    private let writer: GroupCommit
    /// The lead that this object's user holds; its every commit carries it.
    let lead = Locked<LeaseToken?>(nil)
    /// The highest run number given away by this object.
    private let lastRun = Locked<Int64>(0)

    /// Opens the database of `folder`, creating or migrating it first when needed.
    ///
    /// Raises `store.damaged`, `store.newer`, `store.full`, `store.busy`, or `files.failed` when
    /// the folder is not there or cannot be written. `patience` is how long a commit waits for
    /// another process.
    package init(
        folder: String, observer: (any CommitObserver)? = nil,
        patience: Duration = Limits.commitPatience
    ) throws {
        let path = "\(folder)/muster.db"
        self.folder = folder
        self.path = path
        let configuration = Self.configuration(patience)
        do {
            queue = try Self.open(path, configuration)
        } catch {
            throw Failure(database: error, at: path)
        }
        readers = Readers(path: path, configuration: configuration)
        writer = GroupCommit(
            queue: queue, transaction: GroupTransaction(observer: observer, path: path))
    }

    deinit { readers.close() }

    /// Makes `changes` durable, all or none, and returns when they are. An empty batch returns at
    /// once.
    ///
    /// Calls that come together share a transaction; one that is refused does not harm the others.
    /// With `lease`, or while the lead was taken through this object, the batch is refused with
    /// `store.lease_lost` once another engine has taken over. Raises what the changes raise,
    /// `store.full`, `store.busy` and `store.damaged`. A cancelled task commits as any other.
    package func commit(_ changes: [Change], under lease: LeaseToken? = nil) async throws {
        guard !changes.isEmpty else { return }
        try await writer.commit(changes, under: lease ?? lead.withLock { $0 })
    }

    /// Commits a new run under the next free number: `changes` makes the batch for a number, and is
    /// asked again when another process took that one. Returns the number.
    package func commitRun(
        under lease: LeaseToken? = nil, _ changes: (RunID) -> [Change]
    ) async throws -> RunID {
        while true {
            let run = try nextRun()
            do {
                try await commit(changes(run), under: lease)
                return run
            } catch let failure as Failure where failure.code == .numberTaken {
                continue
            }
        }
    }

    private func nextRun() throws -> RunID {
        let highest = try read { db in
            try db.first("SELECT max(id) FROM run") { $0.integer(0) } ?? 0
        }
        return lastRun.withLock { last in
            last = max(last, highest) + 1
            return RunID(last)
        }
    }

    /// Reads what is committed, as of one instant.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do {
            return try readers.read(body)
        } catch {
            throw Failure(database: error, at: path)
        }
    }

    /// Reads the whole database for damage; the time it takes rises with its size.
    /// Raises `store.damaged`.
    package func check() throws {
        try read { db in try Self.check(db, "integrity_check", at: path) }
    }
}

// Opening
extension Store {
    /// One connection that writes. No pool of GRDB's: that makes and drops a table whenever the
    /// log is empty, so that whoever only looks would have written.
    private static func open(
        _ path: String, _ configuration: Configuration
    ) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { db in
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
            guard mode == "wal" else {
                throw Failure(
                    .fileSystem,
                    "\(path) is on a file system that cannot keep its log; move the lab",
                    context: ["file": path])
            }
            try db.execute(sql: "PRAGMA synchronous = FULL")
            let bytes = try Int.fetchOne(
                db, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            if let bytes, bytes <= Limits.checkedBytesMax {
                try check(db, "quick_check", at: path)
            }
            try Migrator().migrate(db, at: path)
        }
        return queue
    }

    private static func configuration(_ patience: Duration) -> Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        // SQLite's own handler waits up to 100 ms between looks, and a process beside a busy engine
        // would starve; a commit holds the lock for some 0.1 ms.
        let pause = Duration.microseconds(500)
        let triesMax = Int(patience / pause)
        configuration.busyMode = .callback { tries in
            guard tries < triesMax else { return false }
            usleep(UInt32(pause.microseconds))
            return true
        }
        return configuration
    }

    private static func check(_ db: Database, _ pragma: String, at path: String) throws {
        let finding = try String.fetchOne(db, sql: "PRAGMA \(pragma)(1)")
        guard finding == "ok" else {
            throw Failure(
                .storeDamaged, "\(path) is damaged; keep a copy and restore a backup",
                context: ["file": path, "finding": finding ?? "none"])
        }
    }
}
