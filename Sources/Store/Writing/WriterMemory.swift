// What the writing connection remembers from one transaction to the next, so that a commit of one
// entry reads nothing: where branches end, and the last lease. It holds while no other connection
// has written, which SQLite's data version tells, and while nothing was undone.
import GRDB
import GRDBSQLite
import Model

final class WriterMemory: @unchecked Sendable {
    // Unchecked: reached inside the writing connection's transactions only, one thread at a time.
    private var tips: [Key: BranchTip] = [:]
    /// Tips whose rows are behind them.
    private var moved: [BranchTip] = []
    private var compiled: JournalStatements?
    private var version: UInt32?
    /// The last lease taken; nil when it has to be read.
    var lease: LeaseToken?

    private struct Key: Hashable {
        let run: RunID
        let branch: Branch
    }

    /// Where the branch ends; `read` is asked when that is not known.
    func tip(
        of run: RunID, _ branch: Branch, orRead read: () throws -> LastEntry?
    ) rethrows -> BranchTip {
        let key = Key(run: run, branch: branch)
        if let tip = tips[key] { return tip }
        let tip = BranchTip(run: run, branch: branch, entry: try read())
        tips[key] = tip
        return tip
    }

    func move(_ tip: BranchTip, to entry: LastEntry) {
        tip.entry = entry
        if !tip.isMoved { moved.append(tip) }
        tip.isMoved = true
    }

    /// The tips whose rows are to be written now.
    func takeMoved() -> [BranchTip] {
        defer { moved.removeAll(keepingCapacity: true) }
        for tip in moved { tip.isMoved = false }
        return moved
    }

    func statements(_ db: Database) throws -> JournalStatements {
        if let compiled { return compiled }
        let statements = try JournalStatements(db)
        compiled = statements
        return statements
    }

    /// The transaction has begun: what another connection has changed since is forgotten.
    func begin(_ db: Database) {
        if version != db.dataVersion || tips.count > Limits.endsRememberedMax { forget() }
    }

    /// The transaction is durable.
    func keep(_ db: Database) { version = db.dataVersion }

    /// Something was undone.
    func forget() {
        tips.removeAll(keepingCapacity: true)
        moved.removeAll(keepingCapacity: true)
        lease = nil
    }
}

/// Where a branch ends.
final class BranchTip {
    let run: RunID
    let branch: Branch
    /// Nil while the branch has no entries.
    fileprivate(set) var entry: LastEntry?
    fileprivate var isMoved = false

    fileprivate init(run: RunID, branch: Branch, entry: LastEntry?) {
        self.run = run
        self.branch = branch
        self.entry = entry
    }
}

extension Database {
    /// Changes with every commit, of this connection and of others.
    fileprivate var dataVersion: UInt32 {
        var version: UInt32 = 0
        let code = sqlite3_file_control(
            sqliteConnection, "main", SQLITE_FCNTL_DATA_VERSION, &version)
        precondition(code == SQLITE_OK, "the connection has no data version: \(code)")
        return version
    }
}
