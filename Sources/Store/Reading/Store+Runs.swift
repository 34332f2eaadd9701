// Reading runs and their sources. Reads block the calling thread for some tens of microseconds and
// see the last commit.
import GRDB
import Model

extension Store {
    /// The run of that number. Raises `name.unknown`.
    package func run(_ id: RunID) throws -> RunRecord {
        try read { db in
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM run WHERE id = ?"), arguments: [id.number])
            guard let row else { throw Failure(unknown: id) }
            return try RunRecord(row, sources: try sources(of: id, in: db))
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
        var arguments = StatementArguments(wanted)
        if let scope { arguments += [scope] }
        arguments += [before?.number ?? .max, limit]
        let ofTenant = scope == nil ? "" : "AND scope = ?"
        return try read { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT * FROM run WHERE state IN (\(marks)) \(ofTenant) AND id < ?
                        ORDER BY id DESC LIMIT ?
                        """),
                arguments: arguments)
            return try rows.map { row in
                try RunRecord(row, sources: try sources(of: row.run("id"), in: db))
            }
        }
    }

    /// The text kept under `digest`; nil when there is none.
    package func source(_ digest: Digest) throws -> String? {
        try read { db in
            try String.fetchOne(
                db.cachedStatement(sql: "SELECT text FROM source WHERE digest = ?"),
                arguments: [digest.description])
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
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT module, digest FROM run_source WHERE run = ? ORDER BY module"),
            arguments: [run.number]
        ).map { row in
            RunSource(
                module: row["module"], digest: try row.value("digest", as: { Digest($0) }))
        }
    }
}

extension RunRecord {
    fileprivate init(_ row: Row, sources: [RunSource]) throws {
        self.init(
            id: row.run("id"), kind: try row.value("kind", as: Kind.init(rawValue:)),
            name: row["name"], file: row["file"], parameters: try row.json("parameters"),
            failover: try row.optional("failover", as: FailoverKind.init(rawValue:)),
            scope: row["scope"], startedBy: row["started_by"], reason: row["reason"],
            createdAt: row.instant("created_at"), runtimeVersion: row["runtime_version"],
            randomSeed: UInt64(bitPattern: row["random_seed"]), sources: sources)
        limits = RunLimits(try row.json("limits"))
        priority = try row.value("priority", as: RunPriority.init(rawValue:))
        parent = row.optionalRun("parent").map { run in
            RunParent(
                place: JournalPlace(
                    run: run, branch: Branch(row["parent_branch"]),
                    sequence: row["parent_sequence"]),
                isAwaited: row["parent_waits"])
        }
        continuation = row.optionalRun("continues").map { run in
            RunContinuation(predecessor: run, origin: row.run("origin"))
        }
        direction = try row.value("direction", as: Direction.init(rawValue:))
        state = try row.value("state", as: RunState.init(rawValue:))
        startedAt = row.optionalInstant("started_at")
        endedAt = row.optionalInstant("ended_at")
        wakeAt = row.optionalInstant("wake_at")
        failure = try row.optional("failure") { Failure(try Value(json: $0)) }
        (abort, suspension, stop) = (row.wish(.abort), row.wish(.suspend), row.wish(.stop))
    }
}
