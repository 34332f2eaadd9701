// Reading what is kept for ever: decisions, events, leases.
import GRDB
import Model

extension Store {
    /// What was decided, oldest first; for one run, or in all.
    package func decisions(of run: RunID? = nil) throws -> [Decision] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT * FROM decision WHERE ?1 IS NULL OR run = ?1 ORDER BY number"),
                arguments: [run?.number]
            ).map { row in
                Decision(
                    who: row["who"], what: row["what"], reason: row["reason"],
                    at: row.instant("at"), run: row.optionalRun("run"))
            }
        }
    }

    /// What happened, oldest first; in one run, or in all.
    package func events(of run: RunID? = nil) throws -> [Event] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT * FROM event WHERE ?1 IS NULL OR run = ?1 ORDER BY number"),
                arguments: [run?.number]
            ).map { row in
                Event(
                    topic: row["topic"], run: row.optionalRun("run"), record: row["record"],
                    at: row.instant("at"))
            }
        }
    }

    /// The last lease taken; nil when no engine has ever led. Whether its holder lives:
    /// `Lease.isHeld`.
    package func lastLease() throws -> (token: LeaseToken, holder: LeaseHolder)? {
        try read { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT * FROM lease ORDER BY token DESC LIMIT 1")
            ).map { row in
                let holder = LeaseHolder(
                    processID: row["process"], hostName: row["host"], command: row["command"],
                    since: row.instant("since"))
                return (LeaseToken(row["token"]), holder)
            }
        }
    }
}
