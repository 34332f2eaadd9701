// Reading the queue: who wants to run, who is running, when the next one wants to. For all runs, or
// for one and those it has started. What decides stands in two indexes, so that a look costs the
// same with ten runs in the queue as with ten thousand.
import GRDB
import Model

/// Whose runs a leader looks after.
package enum RunDomain: Sendable, Hashable {
    case all
    /// One run, all that it starts, and all that those continue as.
    case family(RunID)
}

extension Store {
    /// Those whose turn comes first, and all that are running. `slots` leaves out those that
    /// could not begin anyway.
    package func queue(
        of domain: RunDomain, at now: Timestamp, within slots: RunSlots
    ) throws -> RunQueue {
        try read { db in
            let running = try db.runningRuns()
            let room = slots.inAll.map { max(0, $0 - running.count) } ?? .max
            guard room > 0 else { return RunQueue(waiting: [], running: running) }
            let waiting = try RunPriority.allCases.flatMap { priority in
                try Self.sides.flatMap { side in
                    try db.all(
                        domain.among(side),
                        [
                            .integer(priority.headStart.microseconds),
                            .text(priority.rawValue), .at(now), .integer(slots.inScope ?? .max),
                            .integer(room), domain.root,
                        ], read: RunInQueue.init)
                }
            }
            return RunQueue(waiting: waiting, running: running)
        }
    }

    /// Runs that are running, in the order of their numbers.
    package func running(of domain: RunDomain) throws -> [RunID] {
        try numbers(of: domain, "SELECT id FROM run WHERE state = 'running' AND \(domain.holds)")
    }

    /// Runs that are not running and somebody wants to end.
    package func runsToEnd(of domain: RunDomain) throws -> [RunID] {
        try numbers(
            of: domain,
            """
            SELECT id FROM run INDEXED BY run_to_end
            WHERE abort_at IS NOT NULL AND ended_at IS NULL
                AND state IN ('queued', 'waiting') AND \(domain.holds)
            """)
    }

    /// Whether all runs have ended.
    package func isOver(_ domain: RunDomain) throws -> Bool {
        try numbers(
            of: domain, "SELECT id FROM run WHERE ended_at IS NULL AND \(domain.holds) LIMIT 1"
        ).isEmpty
    }

    /// When the next waiting run wants to go on by itself; nil for none.
    package func nextWake(of domain: RunDomain, after now: Timestamp) throws -> Timestamp? {
        try read { db in
            try db.first(
                """
                \(domain.family)
                SELECT wake_at FROM run \(domain.byWake)
                WHERE state = 'waiting' AND wake_at > ?1 AND \(domain.holds)
                ORDER BY wake_at LIMIT 1
                """, .at(now), .null, .null, .null, .null, domain.root
            ) { Timestamp(microseconds: $0.integer(0)) }
        }
    }

    private func numbers(of domain: RunDomain, _ sql: String) throws -> [RunID] {
        try read { db in
            try db.all(
                "\(domain.family) \(sql)", .null, .null, .null, .null, .null, domain.root
            ) { RunID($0.integer(0)) }
        }
    }

    /// The two ways to want to run, each with the instant since when.
    private static let sides = [("queued", "created_at"), ("waiting", "wake_at")]
}

extension RunDomain {
    fileprivate var root: SQLValue {
        switch self {
        case .all: .null
        case .family(let run): .run(run)
        }
    }

    fileprivate var family: String {
        """
        WITH RECURSIVE family (id) AS (
            VALUES (?6)
            UNION SELECT run.id FROM family JOIN run ON run.parent = family.id
            UNION SELECT run.id FROM family JOIN run ON run.origin = family.id)
        """
    }

    fileprivate var holds: String {
        switch self {
        case .all: "?6 IS NULL"
        case .family: "id IN family"
        }
    }

    /// Of all runs, those that wait for a time; a family is found by its numbers. Without a word
    /// the planner would look at every run that waits, for an answer too.
    fileprivate var byWake: String {
        switch self {
        case .all: "INDEXED BY run_to_wake"
        case .family: ""
        }
    }

    fileprivate func among(_ side: (state: String, since: String)) -> String {
        """
        \(family),
        busy_names (name, count) AS MATERIALIZED (
            SELECT name, count(*) FROM run WHERE state = 'running' GROUP BY name),
        busy_scopes (scope, count) AS MATERIALIZED (
            SELECT scope, count(*) FROM run WHERE state = 'running' GROUP BY scope)
        SELECT id, name, scope, at_once, \(side.since) - ?1 FROM run
        WHERE state = '\(side.state)' AND priority = ?2 AND \(side.since) <= ?3 AND \(holds)
            AND (at_once IS NULL OR at_once > coalesce(
                (SELECT count FROM busy_names WHERE busy_names.name = run.name), 0))
            AND (scope IS NULL OR ?4 > coalesce(
                (SELECT count FROM busy_scopes WHERE busy_scopes.scope = run.scope), 0))
        ORDER BY \(side.since), id LIMIT ?5
        """
    }
}
