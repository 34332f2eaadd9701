// One transaction for many batches. They are applied one behind the other; where one is refused all
// is undone and done again with a savepoint around each, so that the refused one falls alone.
// Refusals are rare and savepoints cost as much as the rows. Where the transaction itself fails,
// nothing of it stands and every caller is told.
//
//     begin ─▶ all plain ─▶ commit ─▶ each stands
//                 │ one refused           │ failed
//                 ▼                       ▼
//     begin ─▶ all in savepoints ─▶ commit ─▶ each stands or fell alone      all failed
import GRDB
import Model

struct GroupTransaction: Sendable {
    typealias Outcome = Batch.Outcome

    let observer: (any CommitObserver)?
    let path: String
    private let memory = WriterMemory()

    init(observer: (any CommitObserver)?, path: String) {
        self.observer = observer
        self.path = path
    }

    /// Commits the batches; returns what became of each, in their order.
    func commit(_ batches: [Batch], to db: Database) -> [Outcome] {
        guard let observer else { return write(batches, to: db) }
        // A batch its observer prevents does not take part.
        let verdicts = batches.map { batch in Outcome { try observer.willCommit(batch.changes) } }
        var written = write(zip(batches, verdicts).filter { $1.isSuccess }.map { $0.0 }, to: db)[
            ...]
        return zip(batches, verdicts).map { batch, verdict in
            guard verdict.isSuccess, let outcome = written.popFirst() else { return verdict }
            guard outcome.isSuccess else { return outcome }
            return Outcome { try observer.didCommit(batch.changes) }
        }
    }

    private func write(_ batches: [Batch], to db: Database) -> [Outcome] {
        do {
            if try writePlainly(batches, to: db) { return batches.map { _ in .success(()) } }
            return try writeApart(batches, to: db)
        } catch {
            memory.forget()
            // The rollback fails only when SQLite has rolled back already.
            _ = try? db.run("ROLLBACK")
            return batches.map { _ in .failure(Failure(database: error, at: path)) }
        }
    }

    /// Commits all; returns false, with nothing done, when a batch of several was refused.
    private func writePlainly(_ batches: [Batch], to db: Database) throws -> Bool {
        try begin(db)
        do {
            for batch in batches { try apply(batch, to: db) }
            try ChangeWriter(db: db, memory: memory).writeEnds()
        } catch {
            guard batches.count > 1, db.isInsideTransaction else { throw error }
            try db.run("ROLLBACK")
            memory.forget()
            return false
        }
        try end(db)
        return true
    }

    /// Commits each batch that is not refused.
    private func writeApart(_ batches: [Batch], to db: Database) throws -> [Outcome] {
        try begin(db)
        let outcomes = try batches.map { batch in
            try db.run("SAVEPOINT batch")
            do {
                try apply(batch, to: db)
                try ChangeWriter(db: db, memory: memory).writeEnds()
                try db.run("RELEASE batch")
                return Outcome.success(())
            } catch {
                // A full disk may have made SQLite undo everything.
                guard db.isInsideTransaction else { throw error }
                memory.forget()
                try db.run("ROLLBACK TO batch")
                try db.run("RELEASE batch")
                return .failure(Failure(database: error, at: path))
            }
        }
        try end(db)
        return outcomes
    }

    private func begin(_ db: Database) throws {
        try db.run("BEGIN IMMEDIATE")
        memory.begin(db)
    }

    private func end(_ db: Database) throws {
        try db.run("COMMIT")
        memory.keep(db)
    }

    private func apply(_ batch: Batch, to db: Database) throws {
        let writer = ChangeWriter(db: db, memory: memory)
        if let lease = batch.lease { try writer.require(lease) }
        for change in batch.changes { try writer.apply(change) }
    }
}

extension Result {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}
