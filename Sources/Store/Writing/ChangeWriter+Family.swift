// Runs that other runs start, the news that wakes a run, and its place among those that are
// running. News is kept with the run itself, so that no ring need arrive: a waiting run wants to
// run from that instant on, and one that is running does so again when it parks.
import GRDB
import Model

extension ChangeWriter {
    /// The next free number is known here, where nobody else writes.
    func add(_ record: RunRecord) throws {
        var record = record
        record.id = try db.first("SELECT coalesce(max(id), 0) + 1 FROM run") {
            RunID($0.integer(0))
        }!  // An aggregate has one row.
        try insert(record)
    }

    func awaitChild(_ child: RunID) throws {
        try db.run("UPDATE run SET parent_waits = 1 WHERE id = ?", .run(child))
    }

    func wishAbort(of run: RunID, _ made: RunWishMade) throws {
        if try !state(of: run).isFinal { try wish(.abort, of: run, made) }
    }

    func abortChildren(of run: RunID, _ made: RunWishMade) throws {
        let children = try db.all(
            """
            SELECT last.id FROM run AS child
            JOIN run AS last ON last.id = child.id OR last.origin = child.id
            WHERE child.parent = ? AND child.parent_waits AND last.ended_at IS NULL
            """, .run(run)
        ) { RunID($0.integer(0)) }
        for child in children { try wish(.abort, of: child, made) }
    }

    func wake(_ run: RunID, at instant: Timestamp) throws {
        try db.run(
            """
            UPDATE run SET woken_at = iif(state = 'running', ?1, NULL),
                wake_at = iif(state = 'waiting', min(coalesce(wake_at, ?1), ?1), wake_at)
            WHERE id = ?2
            """, .at(instant), .run(run))
    }

    /// A run that has a successor has not come to its end for those who wait.
    func wakeParent(of run: RunID, at instant: Timestamp) throws {
        let parent = try db.first(
            """
            SELECT first.parent FROM run
            JOIN run AS first ON first.id = coalesce(run.origin, run.id)
            WHERE run.id = ?1 AND first.parent_waits
                AND NOT EXISTS (SELECT 1 FROM run WHERE continues = ?1)
            """, .run(run)
        ) { RunID($0.integer(0)) }
        if let parent { try wake(parent, at: instant) }
    }

    /// Running runs are few: the partial index holds no others.
    func requireSlot(for run: RunID, _ slots: RunSlots) throws {
        let running = try db.runningRuns().filter { $0.id != run }
        let own = try db.first("SELECT name, scope FROM run WHERE id = ?", .run(run)) {
            ($0.text(0), $0.text(ifAny: 1))
        }
        guard let (name, scope) = own else { throw Failure(unknown: run) }
        let named = running.filter { $0.name == name }
        let tenants = running.filter { $0.scope == scope && scope != nil }
        if let atOnce = slots.atOnce, named.count >= atOnce {
            throw refusal(of: run, "of its runbook", atOnce, named)
        }
        if let inScope = slots.inScope, tenants.count >= inScope {
            throw refusal(of: run, "of \(scope ?? "")", inScope, tenants)
        }
        if let inAll = slots.inAll, running.count >= inAll {
            throw refusal(of: run, "in all", inAll, running)
        }
    }

    private func refusal(
        of run: RunID, _ what: String, _ most: Int, _ others: [RunInQueue]
    ) -> Failure {
        let list = others.prefix(8).map(\.id.description).joined(separator: ", ")
        return Failure(
            .runSlotTaken,
            "run \(run) has to wait: \(what) \(most) may run at once, and there is run \(list)",
            context: ["run": run.description, "running": list])
    }
}

extension Database {
    func runningRuns() throws -> [RunInQueue] {
        try all(
            """
            SELECT id, name, scope, at_once, created_at FROM run INDEXED BY run_running
            WHERE state = 'running'
            """, [], read: RunInQueue.init)
    }

    /// The runs above a run, the nearest first: whose child it is, and which it goes on from.
    func lineage(of run: RunID) throws -> [RunID] {
        try all(
            """
            WITH RECURSIVE above (id, depth) AS (
                VALUES (?, 0)
                UNION ALL
                SELECT coalesce(run.continues, run.parent), depth + 1
                FROM above JOIN run ON run.id = above.id
                WHERE coalesce(run.continues, run.parent) IS NOT NULL)
            SELECT id FROM above WHERE depth > 0 ORDER BY depth
            """, .run(run)
        ) { RunID($0.integer(0)) }
    }
}

extension RunInQueue {
    init(_ row: SQLRow) {
        self.init(
            id: RunID(row.integer(0)), name: row.text(1), scope: row.text(ifAny: 2),
            atOnce: row.isNull(3) ? nil : Int(row.integer(3)),
            turn: Timestamp(microseconds: row.integer(4)))
    }
}
