// Triggers, and the marks by which each cause fires once, whoever leads: a mark is compared and set
// in the transaction that inserts the run.
import GRDB
import Model

extension ChangeWriter {
    func save(_ trigger: RunTrigger, _ marks: [String: String]?) throws {
        try db.run(
            "INSERT OR REPLACE INTO run_trigger (name, record, paused) VALUES (?, ?, ?)",
            .text(trigger.name), .text(try RecordText.of(trigger)),
            .integer(trigger.isPaused ? 1 : 0))
        guard let marks else { return }
        try db.run("DELETE FROM trigger_mark WHERE name = ?", .text(trigger.name))
        for (subject, mark) in marks {
            try db.run(
                "INSERT INTO trigger_mark (name, subject, mark) VALUES (?, ?, ?)",
                .text(trigger.name), .text(subject), .text(mark))
        }
    }

    func removeTrigger(_ name: String) throws {
        try db.run("DELETE FROM run_trigger WHERE name = ?", .text(name))
    }

    func set(_ change: TriggerMark) throws {
        let stands = try db.first(
            "SELECT 1 FROM run_trigger WHERE name = ? AND paused = 0", .text(change.trigger)
        ) { _ in true }
        guard stands == true else { throw paused(change.trigger) }
        let changed =
            switch (change.former, change.mark) {
            case (nil, let mark?): try insert(mark, change)
            case (let former?, let mark?): try replace(former, by: mark, change)
            case (let former?, nil): try remove(former, change)
            case (nil, nil): 0
            }
        guard changed == 1 else { throw seen(change) }
    }

    func append(_ firing: TriggerFiring) throws {
        try set(firing.mark)
        try db.run(
            """
            INSERT INTO trigger_firing
                (name, subject, former, mark, outcome, run, remark, lineage, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .text(firing.mark.trigger), .text(firing.mark.subject),
            .text(orNull: firing.mark.former), .text(orNull: firing.mark.mark),
            .text(firing.outcome.rawValue), firing.run.map { .run($0) } ?? .null,
            .text(firing.remark), .text(try RecordText.of(firing.lineage)), .at(firing.at))
    }

    private func insert(_ mark: String, _ change: TriggerMark) throws -> Int {
        try db.run(
            """
            INSERT INTO trigger_mark (name, subject, mark) VALUES (?, ?, ?)
            ON CONFLICT (name, subject) DO NOTHING
            """, .text(change.trigger), .text(change.subject), .text(mark))
    }

    private func replace(
        _ former: String, by mark: String, _ change: TriggerMark
    ) throws -> Int {
        try db.run(
            "UPDATE trigger_mark SET mark = ? WHERE name = ? AND subject = ? AND mark = ?",
            .text(mark), .text(change.trigger), .text(change.subject), .text(former))
    }

    private func remove(_ former: String, _ change: TriggerMark) throws -> Int {
        try db.run(
            "DELETE FROM trigger_mark WHERE name = ? AND subject = ? AND mark = ?",
            .text(change.trigger), .text(change.subject), .text(former))
    }

    private func paused(_ name: String) -> Failure {
        Failure(
            .triggerPaused,
            "the trigger '\(name)' is paused or gone; `muster trigger resume \(name)` lets it fire",
            context: ["trigger": name])
    }

    private func seen(_ change: TriggerMark) -> Failure {
        Failure(
            .firedAlready,
            "the trigger '\(change.trigger)' has seen that change of \(change.subject) already",
            context: ["trigger": change.trigger, "subject": change.subject])
    }
}
