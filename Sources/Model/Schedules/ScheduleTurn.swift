// What became of a due time: a pure machine. Due times and the state of the schedule's runs in,
// turns out; each due time has exactly one turn, and a turn that was written stands.
//
//     due ─▶ later than the grace? ── no ─▶ nothing of the schedule goes on? ─ yes ─▶ started
//                │ yes                           │ no
//                │                               ├─ skip ─▶ skipped
//                │                               └─ queue, stop_previous ─▶ queued ─▶ started
//                │                                             (when the earlier one has ended)
//                ├─ skip ─▶ missed
//                ├─ run_once ─▶ the last of them as one that is on time, for all
//                └─ all ─▶ each started or queued, one behind the other

package struct ScheduleTurn: Sendable, Hashable {
    package enum Outcome: String, Sendable, Hashable, Codable {
        /// A run was started.
        case started
        /// No engine led when it came due.
        case missed
        /// The run of an earlier due time was going on.
        case skipped
        /// Waits for the end of an earlier one.
        case queued
        /// The run could not be started; the record says why.
        case refused
    }

    package var schedule: String
    package var dueAt: Timestamp
    package var outcome: Outcome
    /// How many due times it stands for: this one and those right before it.
    package var count: Int
    package var run: RunID?
    /// Why it was refused.
    package var remark: String?
    package var decidedAt: Timestamp

    package init(
        schedule: String, dueAt: Timestamp, outcome: Outcome, count: Int = 1, run: RunID? = nil,
        remark: String? = nil, decidedAt: Timestamp
    ) {
        self.schedule = schedule
        self.dueAt = dueAt
        self.outcome = outcome
        self.count = count
        self.run = run
        self.remark = remark
        self.decidedAt = decidedAt
    }
}

extension RunSchedule {
    /// The turns of all due times after ``decidedUntil`` up to `now`, oldest first. `isBusy` says
    /// whether a run of the schedule goes on or waits for its start. At most the first of them is
    /// `started`. Of a long absence a part is returned; the rest comes with the next call.
    package func turns(at now: Timestamp, isBusy: Bool) -> [ScheduleTurn] {
        guard !isPaused else { return [] }
        let late = now + .seconds(-graceSeconds)
        var turns: [ScheduleTurn] = []
        var passed = 0
        var busy = isBusy
        var instant = decidedUntil
        while let due = next(after: instant), due <= now, turns.count < Limits.scheduleTurnsMax {
            instant = due
            passed += 1
            let isMissed = due < late
            let isOneOfMany =
                isMissed && missed != .all && next(after: due).map { $0 < late } == true
            if isOneOfMany, passed < Limits.schedulePassedMax { continue }
            let outcome =
                isOneOfMany ? .missed : outcome(isMissed: isMissed, isBusy: busy)
            turns.append(
                ScheduleTurn(
                    schedule: name, dueAt: due, outcome: outcome, count: passed, decidedAt: now))
            busy = busy || outcome == .started
            passed = 0
        }
        return turns
    }

    private func outcome(isMissed: Bool, isBusy: Bool) -> ScheduleTurn.Outcome {
        if isMissed, missed == .skip { return .missed }
        guard isBusy else { return .started }
        return overlap == .skip && !(isMissed && missed == .all) ? .skipped : .queued
    }
}
