// What the cycles of a protection came to. Sums run since the statistics were last reset;
// what health looks at is in the history.

package struct ReplicationStatistics: Sendable, Hashable, Codable {
    package var succeeded = 0
    /// Cycles that came due and did not begin: suspended, or the one before had not ended.
    package var missed = 0
    package var errors = 0
    /// Bytes of logs sent, as they crossed.
    package var bytesSent: Int64 = 0
    package var bytesSentMax: Int64 = 0
    /// Bytes of the blocks that deltas brought, before compression; copies and resyncs apart.
    package var bytesChanged: Int64 = 0
    package var microsecondsSpent: Int64 = 0
    package var microsecondsSpentMax: Int64 = 0
    package var lastSuccessAt: Timestamp?
    package var lastCutAt: Timestamp?
    /// The message of the last cycle when it failed.
    package var lastError: String?
    package var lastErrorAt: Timestamp?
    /// Cycles that failed since the last one that succeeded.
    package var failuresInRow = 0
    package var history = CycleHistory()
    /// When counting began; nil when it never was reset.
    package var resetAt: Timestamp?

    package init() {}

    package mutating func succeed(
        cutAt: Timestamp, now: Timestamp, bytes: Int64, changed: Int64 = 0
    ) {
        let spent = (now - cutAt).microseconds
        succeeded += 1
        bytesSent += bytes
        bytesChanged += changed
        bytesSentMax = max(bytesSentMax, bytes)
        microsecondsSpent += spent
        microsecondsSpentMax = max(microsecondsSpentMax, spent)
        lastSuccessAt = now
        lastCutAt = cutAt
        lastError = nil
        failuresInRow = 0
        history.add(at: now) { $0.succeeded += 1 }
    }

    package mutating func fail(_ failure: Failure, now: Timestamp) {
        errors += 1
        lastError = failure.message
        lastErrorAt = now
        failuresInRow += 1
        history.add(at: now) { $0.errors += 1 }
    }

    package mutating func miss(_ count: Int, now: Timestamp) {
        missed += count
        history.add(at: now) { $0.missed += count }
    }

    /// Counts anew from `now`; what is true of the replica, when it was last reached, stays.
    package mutating func reset(now: Timestamp) {
        var fresh = ReplicationStatistics()
        fresh.lastSuccessAt = lastSuccessAt
        fresh.lastCutAt = lastCutAt
        fresh.resetAt = now
        self = fresh
    }
}
