// Reading claims, protections and recovery points.
import GRDB
import Model

extension Store {
    /// What is claimed, by the name of the vm; of one run, or of all.
    package func claims(of run: RunID? = nil) throws -> [Claim] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT * FROM claim WHERE ?1 IS NULL OR run = ?1 ORDER BY vm"),
                arguments: [run?.number]
            ).map { Claim(vm: $0["vm"], run: $0.run("run"), since: $0.instant("since")) }
        }
    }

    /// Every protection, in the order of their keys.
    package func protections() throws -> [ProtectionRecord] {
        try protections("SELECT * FROM protection ORDER BY key", [])
    }

    /// The protection of that key; nil when there is none.
    package func protection(of key: String) throws -> ProtectionRecord? {
        try protections("SELECT * FROM protection WHERE key = ?", [key]).first
    }

    private func protections(
        _ sql: String, _ arguments: StatementArguments
    ) throws -> [ProtectionRecord] {
        try read { db in
            try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map { row in
                ProtectionRecord(
                    key: row["key"], vm: row["vm"], state: row["state"],
                    primarySite: row["primary_site"],
                    replicaSite: row["replica_site"], record: row["record"],
                    updatedAt: row.instant("updated_at"))
            }
        }
    }

    /// The recovery points of a vm, oldest first: by generation, then by sequence.
    package func points(of vm: String) throws -> [PointRecord] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT * FROM recovery_point WHERE vm = ? ORDER BY generation, sequence"),
                arguments: [vm]
            ).map { row in
                PointRecord(
                    generation: row["generation"], sequence: row["sequence"], record: row["record"])
            }
        }
    }
}
