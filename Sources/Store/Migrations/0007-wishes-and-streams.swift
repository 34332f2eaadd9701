// Runs that are put aside or stopped, by whom and why; and the lines of a run's streams under
// numbers of their own, which are found from the end and in ranges without reading the others. What
// a plan notes of itself is no line of a stream.

extension Migration {
    static let wishesAndStreams = Migration(
        sql: """
            ALTER TABLE run ADD COLUMN suspend_by TEXT;
            ALTER TABLE run ADD COLUMN suspend_reason TEXT;
            ALTER TABLE run ADD COLUMN suspend_at INTEGER;
            ALTER TABLE run ADD COLUMN stop_by TEXT;
            ALTER TABLE run ADD COLUMN stop_reason TEXT;
            ALTER TABLE run ADD COLUMN stop_at INTEGER;

            ALTER TABLE note ADD COLUMN line INTEGER;
            UPDATE note SET level = 'plan' WHERE branch = 'progress' OR branch GLOB 'progress/*';
            UPDATE note SET line = numbered.line
                FROM (SELECT number, row_number() OVER (PARTITION BY run ORDER BY number) AS line
                    FROM note WHERE level <> 'plan') AS numbered
                WHERE numbered.number = note.number;
            CREATE UNIQUE INDEX note_by_line ON note (run, line);
            CREATE INDEX note_by_level ON note (run, level, line);
            """)
}
