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

/// What is to be written together, and who is told what became of it.
final class Batch: Sendable {
    typealias Outcome = Result<Void, any Error>

    let changes: [Change]
    let lease: LeaseToken?
    /// Resumed once, by the writing thread; nil when the caller is the writing thread.
    let caller: UnsafeContinuation<Void, any Error>?

    init(
        _ changes: [Change], under lease: LeaseToken?,
        for caller: UnsafeContinuation<Void, any Error>? = nil
    ) {
        self.changes = changes
        self.lease = lease
        self.caller = caller
    }
}

final class GroupCommit: Sendable {
    private struct State {
        var isWriting = false
        /// Whether the last group was more than one batch.
        var isCrowded = false
        var waiting: [Batch] = []
    }

    private let queue: DatabaseQueue
    private let transaction: GroupTransaction
    private let state = Locked(State())

    init(queue: DatabaseQueue, transaction: GroupTransaction) {
        self.queue = queue
        self.transaction = transaction
    }

    /// Returns when the changes are durable.
    func commit(_ changes: [Change], under lease: LeaseToken?) async throws {
        if takeTurn() { return try commitInline(Batch(changes, under: lease)) }
        try await withUnsafeThrowingContinuation { continuation in
            leave(Batch(changes, under: lease, for: continuation))
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
        let outcomes = queue.writeWithoutTransaction { db in transaction.commit([batch], to: db) }
        try outcomes[0].get()
    }

    private func passTurn() {
        let somebodyWaits = state.withLock { state in
            state.isWriting = !state.waiting.isEmpty
            return state.isWriting
        }
        if somebodyWaits { startDraining() }
    }

    private func leave(_ batch: Batch) {
        let nobodyWrites = state.withLock { state in
            state.waiting.append(batch)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if nobodyWrites { startDraining() }
    }

    private func startDraining() {
        queue.asyncWriteWithoutTransaction { [self] db in
            while case let group = takeWaiting(), !group.isEmpty {
                let outcomes = transaction.commit(group, to: db)
                for (batch, outcome) in zip(group, outcomes) { batch.caller?.resume(with: outcome) }
            }
        }
    }

    /// Everybody who waits, at most `Limits.commitBatchesMax`; nobody ends the turn.
    private func takeWaiting() -> [Batch] {
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
