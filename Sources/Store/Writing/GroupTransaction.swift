// One transaction for many batches. Each batch is a savepoint: where a change is refused, that batch is
// undone and its caller told; the others stand. Where the transaction itself fails, nothing of it stands
// and every caller is told.
import GRDB
import Model

struct GroupTransaction: Sendable {
    typealias Outcome = GroupCommit.Outcome

    let observer: (any CommitObserver)?
    let path: String

    /// Commits the batches; returns what became of each, in their order.
    func commit(_ batches: [Batch], to db: Database) -> [Outcome] {
        do {
            try db.run("BEGIN IMMEDIATE")
            let outcomes = try batches.map { batch in
                try attempt(batch, isAlone: batches.count == 1, in: db)
            }
            try finish(outcomes, in: db)
            return zip(batches, outcomes).map { confirm($0, $1) }
        } catch {
            // The rollback fails only when SQLite has rolled back already.
            _ = try? db.run("ROLLBACK")
            return batches.map { _ in .failure(Failure(database: error, at: path)) }
        }
    }

    /// Applies one batch. Throws only what ends the whole transaction.
    private func attempt(_ batch: Batch, isAlone: Bool, in db: Database) throws -> Outcome {
        do {
            try observer?.willCommit(batch.changes)
        } catch {
            return .failure(error)
        }
        // A batch alone needs no savepoint: the transaction is one.
        if !isAlone { try db.run("SAVEPOINT batch") }
        do {
            let writer = ChangeWriter(db: db)
            if let lease = batch.lease { try writer.require(lease) }
            for change in batch.changes { try writer.apply(change) }
            if !isAlone { try db.run("RELEASE batch") }
            return .success(())
        } catch {
            // A full disk may have made SQLite roll back everything.
            guard db.isInsideTransaction else { throw error }
            if !isAlone {
                try db.run("ROLLBACK TO batch")
                try db.run("RELEASE batch")
            }
            return .failure(Failure(database: error, at: path))
        }
    }

    private func finish(_ outcomes: [Outcome], in db: Database) throws {
        let somethingStands = outcomes.contains { if case .success = $0 { true } else { false } }
        try db.run(somethingStands ? "COMMIT" : "ROLLBACK")
    }

    /// Tells the observer of a batch that is durable.
    private func confirm(_ batch: Batch, _ outcome: Outcome) -> Outcome {
        guard let observer, case .success = outcome else { return outcome }
        return Outcome { try observer.didCommit(batch.changes) }
    }
}
