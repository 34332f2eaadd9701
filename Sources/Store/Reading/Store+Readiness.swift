// Reading how ready plans were found, and which test of a plan was its last that succeeded.
import GRDB
import Model

extension Store {
    /// What was found of every plan, in the order of their names.
    package func readiness() throws -> [PlanReadiness] {
        try read { db in
            try db.all("SELECT record FROM plan_readiness ORDER BY plan") {
                try RecordText.read($0.text(0), as: PlanReadiness.self)
            }
        }
    }

    /// What was found of a plan; nil when nobody has looked.
    package func readiness(of plan: String) throws -> PlanReadiness? {
        try read { db in
            try db.first("SELECT record FROM plan_readiness WHERE plan = ?", .text(plan)) {
                try RecordText.read($0.text(0), as: PlanReadiness.self)
            }
        }
    }

    /// The last test of a plan that came to its end; nil when none has.
    package func lastRehearsal(of plan: String) throws -> RunID? {
        try read { db in
            try db.first(
                """
                SELECT max(id) FROM run INDEXED BY run_rehearsed
                WHERE kind = 'plan' AND failover = 'test' AND state = 'completed' AND name = ?
                """, .text(plan)
            ) { $0.isNull(0) ? nil : RunID($0.integer(0)) } ?? nil
        }
    }
}
