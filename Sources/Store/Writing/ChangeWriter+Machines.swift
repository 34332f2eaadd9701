// Claims on vms, protections, recovery points, and what was agreed with the owners of vms.
import GRDB
import Model

extension ChangeWriter {
    /// What a run above holds is a child's to use as well.
    func claim(_ vms: [String], for run: RunID, at instant: Timestamp) throws {
        for vm in vms {
            try db.run(
                "INSERT INTO claim (vm, run, since) VALUES (?, ?, ?) ON CONFLICT (vm) DO NOTHING",
                .text(vm), .run(run), .at(instant))
            let holder = try db.first("SELECT run FROM claim WHERE vm = ?", .text(vm)) {
                RunID($0.integer(0))
            }
            if let holder, holder != run, try !db.lineage(of: run).contains(holder) {
                throw refusal(of: vm, heldBy: holder, to: run)
            }
        }
    }

    private func refusal(of vm: String, heldBy holder: RunID, to run: RunID) -> Failure {
        Failure(
            .vmClaimed,
            "run \(run) cannot have \(vm): run \(holder) works on it. Wait for that run, or end it "
                + "with `muster abort \(holder)`",
            context: ["vm": vm, "run": run.description, "holder": holder.description])
    }

    func release(_ vms: [String], of run: RunID) throws {
        for vm in vms {
            try db.run("DELETE FROM claim WHERE vm = ? AND run = ?", .text(vm), .run(run))
        }
    }

    func releaseAll(of run: RunID) throws {
        try db.run("DELETE FROM claim WHERE run = ?", .run(run))
    }

    func save(_ record: ProtectionRecord) throws {
        let marks = String(repeating: "?, ", count: Int(SummaryColumns.count))
        try db.run(
            db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO protection
                        (\(SummaryColumns.names), key, updated_at)
                    VALUES (\(marks)?, ?)
                    """),
            SummaryColumns.values(record.summary) + [
                .text(record.summary.key), .at(record.updatedAt),
            ])
        try db.run(
            "INSERT OR REPLACE INTO protection_record (key, record) VALUES (?, ?)",
            .text(record.summary.key), .text(record.record))
    }

    func removeProtection(of key: String) throws {
        try db.run("DELETE FROM protection WHERE key = ?", .text(key))
        try db.run("DELETE FROM protection_record WHERE key = ?", .text(key))
        try replacePoints(of: key, with: [])
    }

    func replacePoints(of vm: String, with points: [PointRecord]) throws {
        try db.run("DELETE FROM recovery_point WHERE vm = ?", .text(vm))
        for point in points {
            try db.run(
                "INSERT INTO recovery_point (vm, generation, sequence, record) VALUES (?, ?, ?, ?)",
                .text(vm), .integer(point.generation), .integer(point.sequence),
                .text(point.record))
        }
    }

    func save(_ subscription: Subscription) throws {
        try db.run(
            "INSERT OR REPLACE INTO subscription (name, record) VALUES (?, ?)",
            .text(subscription.name), .text(try RecordText.of(subscription)))
    }
}
