// One transaction for many batches. Nearly always nothing is refused: they are applied one after the other
// and committed. Where one is refused all is undone and done again, each batch in a savepoint, so that the
// refused one is told and the others stand. Where the transaction itself fails, nothing of it stands and
// every caller is told.
import GRDB
import Model

struct GroupTransaction: Sendable {
    typealias Outcome = GroupCommit.Outcome

    let observer: (any CommitObserver)?
    let path: String

    /// Commits the batches; returns what became of each, in their order.
    func commit(_ batches: [Batch], to db: Database) -> [Outcome] {
        let admissions = batches.map { batch in
            Outcome { try observer?.willCommit(batch.changes) }
        }
        do {
            let outcomes =
                try commitTogether(batches, admissions, in: db)
                ?? commitApart(batches, admissions, in: db)
            return zip(batches, outcomes).map { confirm($0, $1) }
        } catch {
            // The rollback fails only when SQLite has rolled back already.
            _ = try? db.run("ROLLBACK")
            let failure = Failure(database: error, at: path)
            return admissions.map { admission in admission.flatMap { .failure(failure) } }
        }
    }

    /// nil, and nothing written, when a batch is refused.
    private func commitTogether(
        _ batches: [Batch], _ admissions: [Outcome], in db: Database
    ) throws -> [Outcome]? {
        try db.run("BEGIN IMMEDIATE")
        var writer = BatchWriter(db: db)
        do {
            for (batch, admission) in zip(batches, admissions) where admission.isSuccess {
                try writer.apply(batch)
            }
        } catch {
            // A full disk may have made SQLite roll back everything.
            guard db.isInsideTransaction else { throw error }
            try db.run("ROLLBACK")
            return nil
        }
        try db.run("COMMIT")
        return admissions
    }

    /// The same with a savepoint around each batch.
    private func commitApart(
        _ batches: [Batch], _ admissions: [Outcome], in db: Database
    ) throws -> [Outcome] {
        try db.run("BEGIN IMMEDIATE")
        let outcomes = try zip(batches, admissions).map { batch, admission in
            admission.isSuccess ? try attempt(batch, in: db) : admission
        }
        try db.run(outcomes.contains(where: \.isSuccess) ? "COMMIT" : "ROLLBACK")
        return outcomes
    }

    /// Applies one batch. Throws only what ends the whole transaction.
    private func attempt(_ batch: Batch, in db: Database) throws -> Outcome {
        try db.run("SAVEPOINT batch")
        do {
            var writer = BatchWriter(db: db)
            try writer.apply(batch)
            try db.run("RELEASE batch")
            return .success(())
        } catch {
            guard db.isInsideTransaction else { throw error }
            try db.run("ROLLBACK TO batch")
            try db.run("RELEASE batch")
            return .failure(Failure(database: error, at: path))
        }
    }

    /// Tells the observer of a batch that is durable.
    private func confirm(_ batch: Batch, _ outcome: Outcome) -> Outcome {
        guard let observer, outcome.isSuccess else { return outcome }
        return Outcome { try observer.didCommit(batch.changes) }
    }
}

/// Applies batches inside one transaction. Which lease is the last cannot change in it but by a batch
/// that takes one, and such a batch holds none: a lease is looked up once.
private struct BatchWriter {
    private let writer: ChangeWriter
    private var verified: LeaseToken?

    init(db: Database) { writer = ChangeWriter(db: db) }

    mutating func apply(_ batch: Batch) throws {
        if let lease = batch.lease, lease != verified { try writer.require(lease) }
        verified = batch.lease
        for change in batch.changes { try writer.apply(change) }
    }
}

extension Result {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}
