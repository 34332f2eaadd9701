// Reading runs and their sources. Reads block the calling thread for some tens of microseconds and
// see the last commit.
import GRDB
import Model

extension Store {
    /// The run of that number. Raises `name.unknown`.
    package func run(_ id: RunID) throws -> RunRecord {
        try read { db in
            let run = try db.first(
                RunRecord.selection + " WHERE id = ?", .run(id), read: RunRecord.init)
            guard var run else { throw Failure(unknown: id) }
            run.sources = try sources(of: id, in: db)
            return run
        }
    }

    /// Runs, newest first, older than `before` when given; `states` nil means all, `scope` nil that
    /// of any tenant and the house's.
    package func runs(
        in states: Set<RunState>? = nil, before: RunID? = nil, scope: String? = nil,
        limit: Int = 50
    ) throws -> [RunRecord] {
        let wanted = (states ?? Set(RunState.allCases)).map(\.rawValue).sorted()
        let marks = wanted.map { _ in "?" }.joined(separator: ", ")
        var values = wanted.map { SQLValue.text($0) }
        if let scope { values.append(.text(scope)) }
        values += [.integer(before?.number ?? .max), .integer(limit)]
        let ofTenant = scope == nil ? "" : "AND scope = ?"
        return try read { db in
            try db.all(
                """
                \(RunRecord.selection) WHERE state IN (\(marks)) \(ofTenant) AND id < ?
                ORDER BY id DESC LIMIT ?
                """, values, read: RunRecord.init
            ).map { run in
                var run = run
                run.sources = try sources(of: run.id, in: db)
                return run
            }
        }
    }

    /// The text kept under `digest`; nil when there is none.
    package func source(_ digest: Digest) throws -> String? {
        try read { db in
            try db.first("SELECT text FROM source WHERE digest = ?", .text(digest.description)) {
                $0.text(0)
            }
        }
    }

    /// The earliest instant at which a waiting run or an open question wants attention; nil: none.
    package func nextDeadline() throws -> Timestamp? {
        try read { db in
            try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT min(instant) FROM (
                            SELECT min(wake_at) AS instant FROM run WHERE state = 'waiting'
                            UNION ALL
                            SELECT min(deadline) FROM question WHERE state = 'open')
                        """)
            ).map { Timestamp(microseconds: $0) }
        }
    }

    private func sources(of run: RunID, in db: Database) throws -> [RunSource] {
        try db.all(
            "SELECT module, digest FROM run_source WHERE run = ? ORDER BY module", .run(run)
        ) { row in
            var columns = SQLColumns(row)
            return RunSource(module: columns.text(), digest: try columns.value { Digest($0) })
        }
    }
}

extension RunRecord {
    /// What the initializer reads, in its order.
    fileprivate static let selection = """
        SELECT id, kind, name, file, parameters, failover, scope, started_by, reason, created_at,
        runtime_version, random_seed, limits, priority, parent, parent_branch, parent_sequence,
        parent_waits, continues, origin, direction, state, started_at, ended_at, wake_at, failure,
        abort_by, abort_reason, abort_at, suspend_by, suspend_reason, suspend_at,
        stop_by, stop_reason, stop_at
        FROM run
        """

    /// The row without the run's sources.
    fileprivate init(_ row: SQLRow) throws {
        var row = SQLColumns(row)
        self.init(
            id: row.run(), kind: try row.value(as: Kind.init(rawValue:)), name: row.text(),
            file: row.text(), parameters: try row.json(),
            failover: try row.optional(as: FailoverKind.init(rawValue:)),
            scope: row.optionalText(), startedBy: row.text(), reason: row.optionalText(),
            createdAt: row.instant(), runtimeVersion: row.text(),
            randomSeed: UInt64(bitPattern: row.integer()))
        limits = RunLimits(try row.json())
        priority = try row.value(as: RunPriority.init(rawValue:))
        parent = RunParent(&row)
        let (predecessor, origin) = (row.optionalRun(), row.optionalRun())
        continuation = predecessor.map {
            RunContinuation(predecessor: $0, origin: origin ?? $0)
        }
        direction = try row.value(as: Direction.init(rawValue:))
        state = try row.value(as: RunState.init(rawValue:))
        startedAt = row.optionalInstant()
        endedAt = row.optionalInstant()
        wakeAt = row.optionalInstant()
        failure = try row.optional { Failure(try Value(json: $0)) }
        (abort, suspension, stop) = (row.wish(), row.wish(), row.wish())
    }
}

extension RunParent {
    /// Four columns, NULL for a run that somebody started.
    fileprivate init?(_ row: inout SQLColumns) {
        let (run, branch) = (row.optionalRun(), row.optionalText())
        let (sequence, isAwaited) = (row.integer(), row.integer() != 0)
        guard let run, let branch else { return nil }
        self.init(
            place: JournalPlace(run: run, branch: Branch(branch), sequence: Int(sequence)),
            isAwaited: isAwaited)
    }
}
