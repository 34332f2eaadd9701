// How ready plans were found: one row for each, the newest there is.
import GRDB
import Model

extension ChangeWriter {
    func save(_ readiness: PlanReadiness) throws {
        try db.run(
            "INSERT OR REPLACE INTO plan_readiness (plan, record) VALUES (?, ?)",
            .text(readiness.plan), .text(try RecordText.of(readiness)))
    }

    func forgetReadiness(of plan: String) throws {
        try db.run("DELETE FROM plan_readiness WHERE plan = ?", .text(plan))
    }
}
