// A schedule of runs: what is started, when, and what becomes of due times that could not be kept.
// It is read and written as one record; what became of each due time is a turn of its own.

package struct RunSchedule: Sendable, Hashable, Codable {
    package enum Timing: Sendable, Hashable, Codable {
        case once(Timestamp)
        /// Whole days keep the hour of the clock; all else is measured as time that passes.
        case every(seconds: Int64)
        case cron(CronExpression)
    }

    /// What becomes of due times that passed while no engine led.
    package enum Missed: String, Sendable, Hashable, Codable, CaseIterable {
        case skip
        /// One run stands for all of them.
        case runOnce = "run_once"
        case all
    }

    /// What becomes of a due time while the run of an earlier one goes on.
    package enum Overlap: String, Sendable, Hashable, Codable, CaseIterable {
        case skip
        /// It is started when the earlier one has ended.
        case queue
        /// The earlier one is aborted, and this one started when it has ended.
        case stopPrevious = "stop_previous"
    }

    package var name: String
    /// The plan or runbook that is started.
    package var runbook: String
    package var kind: FailoverKind?
    /// As they were given; canonical JSON of an object.
    package var parameters: String
    package var scope: String?
    package var timing: Timing
    package var zone: Zone
    package var missed: Missed
    /// Seconds by which a due time may be late without being missed.
    package var graceSeconds: Int64
    package var overlap: Overlap
    package var isPaused = false
    /// Who made it, and in whose name its runs are started.
    package var by: String
    /// From here intervals are counted.
    package var createdAt: Timestamp
    /// Due times up to here have their turns.
    package var decidedUntil: Timestamp

    package init(
        name: String, runbook: String, timing: Timing, zone: Zone = .utc,
        kind: FailoverKind? = nil, parameters: String = "{}", scope: String? = nil,
        missed: Missed = .runOnce, graceSeconds: Int64 = 60, overlap: Overlap = .skip,
        by: String, createdAt: Timestamp
    ) {
        self.name = name
        self.runbook = runbook
        self.timing = timing
        self.zone = zone
        self.kind = kind
        self.parameters = parameters
        self.scope = scope
        self.missed = missed
        self.graceSeconds = graceSeconds
        self.overlap = overlap
        self.by = by
        self.createdAt = createdAt
        decidedUntil = createdAt
    }

    /// The first due time after `instant`; nil when there is none any more.
    package func next(after instant: Timestamp) -> Timestamp? {
        switch timing {
        case .once(let time): time > instant ? time : nil
        case .every(let seconds) where seconds % 86_400 == 0:
            nextDay(after: instant, every: seconds / 86_400)
        case .every(let seconds): nextBeat(after: instant, every: seconds * 1_000_000)
        case .cron(let expression): expression.next(after: instant, in: zone)
        }
    }

    /// The next `count` due times after `instant`.
    package func next(_ count: Int, after instant: Timestamp) -> [Timestamp] {
        var times: [Timestamp] = []
        while times.count < count, let next = next(after: times.last ?? instant) {
            times.append(next)
        }
        return times
    }

    private func nextDay(after instant: Timestamp, every days: Int64) -> Timestamp {
        let first = zone.local(createdAt)
        let passed = max(0, zone.local(instant).day - first.day)
        var day = first.day + max(1, passed / days) * days
        while true {
            let due = zone.instant(day: day, second: first.second)
            if due > instant { return due }
            day += days
        }
    }

    private func nextBeat(after instant: Timestamp, every microseconds: Int64) -> Timestamp {
        let passed = max(0, instant.microseconds - createdAt.microseconds)
        return Timestamp(
            microseconds: createdAt.microseconds + (passed / microseconds + 1) * microseconds)
    }
}
