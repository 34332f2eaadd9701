// What the writing connection remembers from one transaction to the next, so that a commit of one
// entry reads nothing: where branches end, and the last lease. It holds while no other connection
// has written, which SQLite's data version tells, and while nothing was undone.
import GRDB
import GRDBSQLite
import Model

final class WriterMemory: @unchecked Sendable {
    // Unchecked: reached inside the writing connection's transactions only, one thread at a time.
    private var ends: [Key: LastEntry] = [:]
    private var version: UInt32?
    /// The last lease taken; nil when it has to be read.
    var lease: LeaseToken?

    private struct Key: Hashable {
        let run: RunID
        let branch: Branch
    }

    subscript(run: RunID, branch: Branch) -> LastEntry? {
        get { ends[Key(run: run, branch: branch)] }
        set { ends[Key(run: run, branch: branch)] = newValue }
    }

    /// The transaction has begun: what another connection has changed since is forgotten.
    func begin(_ db: Database) {
        if version != db.dataVersion || ends.count > Limits.endsRememberedMax { forget() }
    }

    /// The transaction is durable.
    func keep(_ db: Database) { version = db.dataVersion }

    /// Something was undone.
    func forget() {
        ends.removeAll(keepingCapacity: true)
        lease = nil
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
