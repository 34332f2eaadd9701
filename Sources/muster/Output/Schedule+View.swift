// Schedules and their turns, as the commands show them.
import Model

extension RunSchedule {
    /// `every 15m`, `0 22 * * * by the clocks of Europe/Oslo`.
    var when: String {
        switch timing {
        case .once(let time): "once, at \(time)"
        case .every(let seconds): "every \(Duration.seconds(seconds).text)\(clocks)"
        case .cron(let expression): "at '\(expression)'\(clocks)"
        }
    }

    private var clocks: String { zone == .utc ? "" : " by the clocks of \(zone)" }

    func view(at now: Timestamp) -> Value {
        [
            "name": .text(name), "runbook": .text(runbook), "when": .text(when),
            "zone": .text(zone.name), "paused": .boolean(isPaused),
            "next_at": (isPaused ? nil : next(after: now)).map { .text($0.description) } ?? .null,
            "missed": .text(missed.rawValue), "grace_seconds": .integer(graceSeconds),
            "overlap": .text(overlap.rawValue), "by": .text(by),
            "scope": scope.map { .text($0) } ?? .null,
        ]
    }
}

extension ScheduleTurn {
    var view: Value {
        [
            "due_at": .text(dueAt.description), "outcome": .text(outcome.rawValue),
            "count": .integer(Int64(count)), "run": run.map { .integer($0.number) } ?? .null,
            "remark": remark.map { .text($0) } ?? .null,
        ]
    }
}
