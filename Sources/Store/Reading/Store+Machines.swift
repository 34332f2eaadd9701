// Reading claims and recovery points.
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
