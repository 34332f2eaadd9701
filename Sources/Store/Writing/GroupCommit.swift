// The one writer. A caller who finds nobody writing commits his batch himself, on his own thread:
// no hop. Who finds somebody writing leaves his batch and sleeps; the writing thread takes all
// that were left, as one transaction, again and again until none is left. In a crowd, which is
// when the last group was more than one, nobody commits for himself: he would pay for a
// transaction alone, and keep from running those who would have shared it.
//
//               nobody writing                  batches were left
//     idle ───────────────────▶ inline commit ──────────────────▶ draining ─┐ again while
//      ▲                             │ none was left                  │  ▲  │ some were
//      └─────────────────────────────┴────────────────────────────────┘  └──┘ left
import GRDB
import Model

/// What one call of `commit` wants written.
struct Batch: Sendable {
    let changes: [Change]
    let lease: LeaseToken?
}

final class GroupCommit: Sendable {
    typealias Outcome = Result<Void, any Error>

    private struct Waiting: Sendable {
        let batch: Batch
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var isWriting = false
        /// Whether the last group was more than one batch.
        var isCrowded = false
        var waiting: [Waiting] = []
    }

    private let pool: DatabasePool
    private let transaction: GroupTransaction
    private let state = Locked(State())

    init(pool: DatabasePool, transaction: GroupTransaction) {
        self.pool = pool
        self.transaction = transaction
    }

    /// Returns when `batch` is durable.
    func commit(_ batch: Batch) async throws {
        if takeTurn() { return try commitInline(batch) }
        try await withCheckedThrowingContinuation { continuation in
            leave(Waiting(batch: batch, continuation: continuation))
        }
    }

    private func takeTurn() -> Bool {
        state.withLock { state in
            guard !state.isWriting, !state.isCrowded else { return false }
            state.isWriting = true
            return true
        }
    }

    private func commitInline(_ batch: Batch) throws {
        defer { passTurn() }
        let outcomes = pool.writeWithoutTransaction { db in transaction.commit([batch], to: db) }
        try outcomes[0].get()
    }

    private func passTurn() {
        let somebodyWaits = state.withLock { state in
            state.isWriting = !state.waiting.isEmpty
            return state.isWriting
        }
        if somebodyWaits { startDraining() }
    }

    private func leave(_ waiting: Waiting) {
        let nobodyWrites = state.withLock { state in
            state.waiting.append(waiting)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if nobodyWrites { startDraining() }
    }

    private func startDraining() {
        pool.asyncWriteWithoutTransaction { [self] db in
            while case let group = takeWaiting(), !group.isEmpty {
                let outcomes = transaction.commit(group.map(\.batch), to: db)
                for (waiting, outcome) in zip(group, outcomes) {
                    waiting.continuation.resume(with: outcome)
                }
            }
        }
    }

    /// Everybody who waits, at most `Limits.commitBatchesMax`; nobody ends the turn.
    private func takeWaiting() -> [Waiting] {
        state.withLock { state in
            let count = min(state.waiting.count, Limits.commitBatchesMax)
            state.isWriting = count > 0
            if count > 0 { state.isCrowded = count > 1 }
            let group = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(count)
            return group
        }
    }
}
