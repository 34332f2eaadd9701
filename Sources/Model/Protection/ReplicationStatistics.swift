// What the cycles of a protection came to, and what that says of its health.

package struct ReplicationStatistics: Sendable, Hashable, Codable {
    package var succeeded = 0
    /// Cycles that came due and found the protection suspended.
    package var missed = 0
    package var errors = 0
    /// Bytes of logs sent, as they crossed.
    package var bytesSent: Int64 = 0
    package var bytesSentMax: Int64 = 0
    package var microsecondsSpent: Int64 = 0
    package var microsecondsSpentMax: Int64 = 0
    package var lastSuccessAt: Timestamp?
    package var lastCutAt: Timestamp?
    /// The message of the last cycle when it failed.
    package var lastError: String?

    package init() {}

    package mutating func succeed(cutAt: Timestamp, now: Timestamp, bytes: Int64) {
        let spent = (now - cutAt).microseconds
        succeeded += 1
        bytesSent += bytes
        bytesSentMax = max(bytesSentMax, bytes)
        microsecondsSpent += spent
        microsecondsSpentMax = max(microsecondsSpentMax, spent)
        lastSuccessAt = now
        lastCutAt = cutAt
        lastError = nil
    }

    package mutating func fail(_ failure: Failure) {
        errors += 1
        lastError = failure.message
    }
}

package enum ReplicationHealth: String, Sendable, Hashable, Codable, CaseIterable {
    case normal, warning, critical

    /// Judges a protection by its record.
    package init(of protection: Protection, now: Timestamp) {
        switch protection.state {
        case .error, .waitingForResync, .resyncSuspended: self = .critical
        case .suspended, .readyForInitialReplication, .initialReplication, .resyncing:
            self = .warning
        case .disabled, .replicating, .preparedForFailover, .failedOverWaitingCompletion,
            .failedOver, .failingOver, .failingBack:
            self = Self(of: protection.statistics, now: now)
        }
    }

    private init(of statistics: ReplicationStatistics, now: Timestamp) {
        let cycles = statistics.succeeded + statistics.missed + statistics.errors
        let unsuccessful = statistics.missed + statistics.errors
        let isLate = statistics.lastSuccessAt.map { now - $0 > .seconds(3600) } ?? true
        self = isLate || unsuccessful * 5 >= max(1, cycles) ? .warning : .normal
    }
}
