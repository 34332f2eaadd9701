// One protection in the schedule: what its state asks for, and when that is due.
import Model

struct ScheduleEntry: Sendable {
    enum Plan: Sendable, Hashable {
        case nothing
        case firstCopy(from: Timestamp)
        case resync(from: Timestamp)
        case cycle
        case suspended

        init(_ protection: ProtectionSummary, now: Timestamp) {
            switch protection.state {
            case .readyForInitialReplication:
                self = protection.firstCopyAt.map { .firstCopy(from: $0) } ?? .nothing
            case .initialReplication:
                self = protection.exportedAt == nil ? .firstCopy(from: now) : .nothing
            case .replicating, .error: self = .cycle
            case .waitingForResync, .resyncing: self = .resync(from: protection.resyncAt ?? now)
            case .suspended, .resyncSuspended: self = .suspended
            case .disabled, .preparedForFailover, .failedOverWaitingCompletion, .failedOver,
                .failingOver, .failingBack:
                self = .nothing
            }
        }
    }

    var plan = Plan.nothing
    private(set) var isRunning = false
    private var interval: ReplicationInterval
    private var beganAt: Timestamp
    private var endedAt: Timestamp
    private var failuresInRow = 0
    private var succeeded: Int
    private var bytesChanged: Int64
    /// The last cycle found nothing to send.
    private var isIdle = false

    init(_ protection: ProtectionSummary, now: Timestamp) {
        interval = protection.interval
        // What was never copied, or never seen by this schedule, misses nothing before now.
        beganAt = protection.lastCutAt ?? now + (.zero - interval.pace)
        endedAt = beganAt
        succeeded = protection.succeeded
        bytesChanged = protection.bytesChanged
    }

    mutating func adopt(_ protection: ProtectionSummary, now: Timestamp) {
        interval = protection.interval
        plan = Plan(protection, now: now)
        failuresInRow = protection.failuresInRow
        if protection.succeeded != succeeded {
            isIdle = protection.bytesChanged == bytesChanged
            succeeded = protection.succeeded
            bytesChanged = protection.bytesChanged
        }
        if let cutAt = protection.lastCutAt { beganAt = max(beganAt, cutAt) }
        if let failedAt = protection.lastErrorAt { endedAt = max(endedAt, failedAt) }
    }

    /// nil while it runs, and when there is nothing to do.
    var dueAt: Timestamp? {
        if isRunning { return nil }
        switch plan {
        case .nothing: return nil
        case .suspended: return beganAt + interval.pace
        case .firstCopy(let start), .resync(let start):
            return failuresInRow > 0 ? max(start, endedAt + retryPause) : start
        case .cycle:
            if failuresInRow > 0 { return endedAt + retryPause }
            guard interval == .continuous else { return beganAt + interval.duration }
            let pause = isIdle ? Limits.continuousRest : Limits.continuousPause
            return max(beganAt, endedAt) + pause
        }
    }

    private var retryPause: Duration {
        let doubled = Limits.retryPauseMin * (1 << min(failuresInRow - 1, 10))
        return min(doubled, Limits.retryPauseMax)
    }

    mutating func begin(_ key: String, now: Timestamp) -> CycleSchedule.Due {
        let passed = plan == .cycle ? paces(until: now) : 0
        beganAt = now
        isRunning = true
        let isFirst = if case .firstCopy = plan { true } else { false }
        return CycleSchedule.Due(
            key: key, work: isFirst ? .firstCopy : .cycle, missed: max(0, passed - 1))
    }

    mutating func end(succeeded: Bool, now: Timestamp) {
        isRunning = false
        endedAt = now
        failuresInRow = succeeded ? 0 : max(1, failuresInRow)
    }

    /// The cycles that came due; the next is an interval after the last of them.
    mutating func miss(now: Timestamp) -> Int {
        let count = paces(until: now)
        beganAt = now + .microseconds((beganAt - now).microseconds % interval.pace.microseconds)
        return count
    }

    /// Whole intervals since the last beginning; those that health has forgotten do not count.
    private func paces(until now: Timestamp) -> Int {
        let pace = interval.pace.microseconds
        return Int(min(now - beganAt, Limits.monitoringPeriodMax).microseconds / pace)
    }
}
