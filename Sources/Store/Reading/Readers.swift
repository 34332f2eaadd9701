// The connections that read. A read takes one that is idle, or opens one more; it sees one instant,
// whatever it asks. Kept by hand: a pool of GRDB's makes BEGIN and COMMIT anew for every read,
// looks at the version of the schema and goes through four queues, which together costs more than
// the read of a run.
import GRDB
import Model

final class Readers: Sendable {
    private let path: String
    private let configuration: Configuration
    private let idle = Locked<[DatabaseQueue]>([])

    /// Opens nothing yet.
    init(path: String, configuration: Configuration) {
        self.path = path
        self.configuration = configuration
    }

    /// Reads what is committed, as of one instant.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        let reader = try idle.withLock { $0.popLast() } ?? open()
        return try reader.unsafeRead { db in
            try db.run("BEGIN")
            let result: Result
            do {
                result = try body(db)
            } catch {
                // Where even that fails the connection is of no more use.
                if (try? db.run("ROLLBACK")) != nil { keep(reader) }
                throw error
            }
            try db.run("COMMIT")
            keep(reader)
            return result
        }
    }

    /// Closes what is idle: the writer is to be the last, for it empties the log.
    func close() { idle.withLock { $0 = [] } }

    private func open() throws -> DatabaseQueue {
        var configuration = configuration
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private func keep(_ reader: DatabaseQueue) {
        idle.withLock { if $0.count < Limits.readersKeptMax { $0.append(reader) } }
    }
}
