// Reading protections: the summaries of all of them, in one pass that reads no record, or the
// record of one.
import GRDB
import Model

extension Store {
    /// A glance at every protection, in the order of their keys. Raises `store.damaged`.
    package func protectionSummaries() throws -> [ProtectionSummary] {
        try read { db in
            try db.all("SELECT \(SummaryColumns.names) FROM protection ORDER BY key") { row in
                try SummaryColumns.summary(row)
            }
        }
    }

    /// The protection of that key; nil when there is none.
    package func protection(of key: String) throws -> ProtectionRecord? {
        try read { db in
            let (record, updatedAt) = (SummaryColumns.count, SummaryColumns.count + 1)
            return try db.first(
                """
                SELECT \(SummaryColumns.names), record, updated_at
                FROM protection JOIN protection_record USING (key) WHERE key = ?
                """, .text(key)
            ) { row in
                ProtectionRecord(
                    summary: try SummaryColumns.summary(row), record: row.text(record),
                    updatedAt: Timestamp(microseconds: row.integer(updatedAt)))
            }
        }
    }
}

/// The columns of a summary: their order is the same in the list, in what is bound and in what is
/// read.
enum SummaryColumns {
    static let names = """
        vm, primary_site, replica_site, relationship, state, interval, consistency_group,
        latest_cut_at, succeeded, errors, failures_in_row, bytes_changed, last_cut_at,
        last_success_at, last_error, last_error_at, monitoring_seconds, history, first_copy_at,
        resync_at, exported_at
        """
    static let count: Int32 = 21

    static func values(_ summary: ProtectionSummary) -> [SQLValue] {
        [
            .text(summary.vm), .text(summary.primarySite), .text(summary.replicaSite),
            .text(summary.relationship.rawValue), .text(summary.state.rawValue),
            .text(summary.interval.rawValue), .text(orNull: summary.group),
            .at(orNull: summary.latestCutAt), .integer(summary.succeeded),
            .integer(summary.errors), .integer(summary.failuresInRow),
            .integer(summary.bytesChanged), .at(orNull: summary.lastCutAt),
            .at(orNull: summary.lastSuccessAt), .text(orNull: summary.lastError),
            .at(orNull: summary.lastErrorAt), .integer(summary.monitoringSeconds),
            .text(orNull: summary.history?.text), .at(orNull: summary.firstCopyAt),
            .at(orNull: summary.resyncAt), .at(orNull: summary.exportedAt),
        ]
    }

    static func summary(_ row: SQLRow) throws -> ProtectionSummary {
        var summary = ProtectionSummary(
            vm: row.text(0), primarySite: row.text(1), replicaSite: row.text(2),
            relationship: try row.value(3, "relationship", as: Relationship.init),
            state: try row.value(4, "state", as: ProtectionState.init),
            interval: try row.value(5, "interval", as: ReplicationInterval.init))
        summary.group = row.text(ifAny: 6)
        summary.latestCutAt = row.instant(ifAny: 7)
        summary.succeeded = Int(row.integer(8))
        summary.errors = Int(row.integer(9))
        summary.failuresInRow = Int(row.integer(10))
        summary.bytesChanged = row.integer(11)
        summary.lastCutAt = row.instant(ifAny: 12)
        summary.lastSuccessAt = row.instant(ifAny: 13)
        summary.lastError = row.text(ifAny: 14)
        summary.lastErrorAt = row.instant(ifAny: 15)
        summary.monitoringSeconds = Int(row.integer(16))
        summary.history =
            row.isNull(17) ? nil : try row.value(17, "history", as: CycleHistory.init(text:))
        summary.firstCopyAt = row.instant(ifAny: 18)
        summary.resyncAt = row.instant(ifAny: 19)
        summary.exportedAt = row.instant(ifAny: 20)
        return summary
    }
}

extension SQLRow {
    /// The column's text, by a reader that knows which texts there are. Raises `store.damaged`.
    fileprivate func value<Result>(
        _ column: Int32, _ name: String, as read: (String) -> Result?
    ) throws -> Result {
        let text = text(column)
        guard let value = read(text) else {
            throw Failure(
                .storeDamaged, "column \(name) holds what no version of Muster has written",
                context: ["column": name, "text": text])
        }
        return value
    }
}
