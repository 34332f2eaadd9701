// Runs, their sources and their notes.
import GRDB
import Model

extension ChangeWriter {
    func insert(_ record: RunRecord) throws {
        if let former = record.continuation?.predecessor { try requireLast(former) }
        let inserted = try db.run(
            """
            INSERT INTO run (id, kind, name, file, parameters, failover, direction, scope,
                started_by, reason, state, created_at, started_at, ended_at, wake_at, failure,
                runtime_version, random_seed, limits, parent, parent_branch, parent_sequence,
                parent_waits, continues, origin, priority)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO NOTHING
            """,
            .run(record.id), .text(record.kind.rawValue), .text(record.name), .text(record.file),
            .text(record.parameters.canonicalJSON), .text(orNull: record.failover?.rawValue),
            .text(record.direction.rawValue),
            .text(orNull: record.scope), .text(record.startedBy), .text(orNull: record.reason),
            .text(record.state.rawValue), .at(record.createdAt), .at(orNull: record.startedAt),
            .at(orNull: record.endedAt), .at(orNull: record.wakeAt),
            .json(orNull: record.failure?.value), .text(record.runtimeVersion),
            .integer(Int64(bitPattern: record.randomSeed)),
            .text(record.limits.value.canonicalJSON), .run(orNull: record.parent?.place.run),
            .text(orNull: record.parent?.place.branch.path),
            record.parent.map { .integer($0.place.sequence) } ?? .null,
            record.parent.map { .integer($0.isAwaited ? 1 : 0) } ?? .null,
            .run(orNull: record.continuation?.predecessor),
            .run(orNull: record.continuation?.origin), .text(record.priority.rawValue))
        guard inserted == 1 else {
            throw Failure(
                .numberTaken,
                "run \(record.id) exists already: another process was quicker; try again",
                context: ["run": record.id.description])
        }
        for source in record.sources { try use(source, in: record.id) }
    }

    /// A run is followed by one other at most.
    private func requireLast(_ run: RunID) throws {
        let next = try db.first("SELECT id FROM run WHERE continues = ?", .run(run)) {
            RunID($0.integer(0))
        }
        guard let next else { return }
        throw Failure(
            .runTransitionRefused,
            "run \(run) cannot be followed: run \(next) follows it already; look at that one",
            context: ["run": run.description, "successor": next.description])
    }

    func move(
        _ run: RunID, _ event: RunEvent, at instant: Timestamp, failure: Failure? = nil,
        wakeAt: Timestamp? = nil
    ) throws {
        if event == .parked, let (wished, reason) = try self.event(whenParked: run) {
            return try move(run, wished, at: instant, failure: reason)
        }
        let next = try state(of: run).after(event)
        try db.run(
            """
            UPDATE run SET state = ?1, wake_at = iif(?1 = 'waiting', coalesce(woken_at, ?), NULL),
                woken_at = NULL, failure = coalesce(?, failure),
                started_at = CASE WHEN ? THEN coalesce(started_at, ?) ELSE started_at END,
                ended_at = CASE WHEN ? THEN ? ELSE ended_at END
            WHERE id = ?
            """,
            .text(next.rawValue), .at(orNull: wakeAt),
            .json(orNull: failure?.value), .integer(next == .running ? 1 : 0), .at(instant),
            .integer(next.isFinal ? 1 : 0), .at(instant), .run(run))
        if event == .resumed { try forgetSuspension(of: run) }
        if next == .stopped {
            // Nobody executes it any more who would.
            try withdrawQuestions(of: run, at: instant)
            try releaseAll(of: run)
            try abortChildren(
                of: run,
                RunWishMade(
                    by: "run \(run)", reason: "run \(run), which waited for it, was stopped",
                    at: instant))
        }
        if next.isFinal { try wakeParent(of: run, at: instant) }
    }

    func require(_ run: RunID, in wanted: RunState) throws {
        let state = try state(of: run)
        guard state == wanted else {
            throw Failure(
                .runTransitionRefused,
                "run \(run) is \(state.rawValue), and only a \(wanted.rawValue) one may do that; "
                    + "look at it with `muster runs`",
                context: ["run": run.description, "state": state.rawValue])
        }
    }

    /// From now on the run is made of these texts and no others, within these limits.
    func patch(_ run: RunID, _ sources: [RunSource], _ limits: RunLimits) throws {
        let state = try state(of: run)
        guard !state.isFinal else {
            throw Failure(
                .runTransitionRefused,
                "run \(run) is \(state.rawValue): a run that has ended cannot be patched",
                context: ["run": run.description, "state": state.rawValue])
        }
        try db.run("DELETE FROM run_source WHERE run = ?", .run(run))
        for source in sources { try use(source, in: run) }
        try db.run(
            "UPDATE run SET limits = ? WHERE id = ?", .text(limits.value.canonicalJSON), .run(run))
    }

    func store(_ text: String) throws {
        try db.run(
            "INSERT INTO source (digest, text) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
            .text(Digest(of: text).description), .text(text))
    }

    func use(_ source: RunSource, in run: RunID) throws {
        try db.run(
            """
            INSERT INTO run_source (run, module, digest) VALUES (?, ?, ?)
            ON CONFLICT (run, module) DO UPDATE SET digest = excluded.digest
            """,
            .run(run), .text(source.module), .text(source.digest.description))
    }

    /// A line of a stream gets the next number of its run; what a plan notes of itself gets none.
    func append(_ note: RunNote) throws {
        try db.run(
            """
            INSERT INTO note (run, branch, ordinal, level, text, at, line)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, CASE WHEN ?7
                THEN (SELECT coalesce(max(line), 0) + 1 FROM note WHERE run = ?1) END)
            ON CONFLICT (run, branch, ordinal) DO NOTHING
            """,
            .run(note.run), .text(note.branch.path), .integer(note.ordinal),
            .text(note.level.rawValue), .text(note.text), .at(note.at),
            .integer(note.level == .plan ? 0 : 1))
    }

    func state(of run: RunID) throws -> RunState {
        let state = try db.first("SELECT state FROM run WHERE id = ?", .run(run)) { row in
            var row = SQLColumns(row)
            return try row.value(as: RunState.init(rawValue:))
        }
        guard let state else { throw Failure(unknown: run) }
        return state
    }
}
