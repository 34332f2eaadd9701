// What a list shows of a protection, in columns of its own, and its record in a table of its own: a
// list of thousands then reads few pages, all of summaries. What stood there is filled in from the
// records, as `ProtectionSummary` takes it.

extension Migration {
    static let summaries = Migration(
        sql: """
            CREATE TABLE summarised (
                key TEXT PRIMARY KEY NOT NULL,
                vm TEXT NOT NULL,
                primary_site TEXT NOT NULL,
                replica_site TEXT NOT NULL,
                relationship TEXT NOT NULL,
                state TEXT NOT NULL,
                interval TEXT NOT NULL,
                consistency_group TEXT,
                latest_cut_at INTEGER,
                succeeded INTEGER NOT NULL,
                errors INTEGER NOT NULL,
                failures_in_row INTEGER NOT NULL,
                bytes_changed INTEGER NOT NULL,
                last_cut_at INTEGER,
                last_success_at INTEGER,
                last_error TEXT,
                last_error_at INTEGER,
                monitoring_seconds INTEGER NOT NULL,
                history TEXT,
                first_copy_at INTEGER,
                resync_at INTEGER,
                exported_at INTEGER,
                updated_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE protection_record (
                key TEXT PRIMARY KEY NOT NULL,
                record TEXT NOT NULL
            ) STRICT;
            INSERT INTO protection_record SELECT key, record FROM protection;
            INSERT INTO summarised
                SELECT key, vm, primary_site, replica_site,
                    record ->> '$.terms.relationship',
                    state,
                    record ->> '$.interval',
                    record ->> '$.group',
                    record ->> '$.points[#-1].cutAt.microseconds',
                    record ->> '$.statistics.succeeded',
                    record ->> '$.statistics.errors',
                    record ->> '$.statistics.failuresInRow',
                    record ->> '$.statistics.bytesChanged',
                    record ->> '$.statistics.lastCutAt.microseconds',
                    record ->> '$.statistics.lastSuccessAt.microseconds',
                    record ->> '$.statistics.lastError',
                    record ->> '$.statistics.lastErrorAt.microseconds',
                    record ->> '$.terms.monitoringSeconds',
                    (SELECT iif(
                            sum(value ->> '$.counts.missed') + sum(value ->> '$.counts.errors') > 0,
                            group_concat(
                                (value ->> '$.number')
                                || ',' || (value ->> '$.counts.succeeded')
                                || ',' || (value ->> '$.counts.missed')
                                || ',' || (value ->> '$.counts.errors'), ' '),
                            NULL)
                        FROM json_each(record, '$.statistics.history.hours')),
                    record ->> '$.terms.firstCopyAt.microseconds',
                    record ->> '$.terms.resyncAt.microseconds',
                    record ->> '$.terms.exportedAt.microseconds',
                    updated_at
                FROM protection;
            DROP TABLE protection;
            ALTER TABLE summarised RENAME TO protection;
            """)
}
