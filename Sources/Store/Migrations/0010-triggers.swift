// Triggers of runs, what they know of the things they watch, and their firings. Runs that ended are
// numbered in that order: a trigger that has seen one number has seen all before it. And what is to
// be told outside of questions: a row stands until it was told, or the question needs no answer.

extension Migration {
    static let triggers = Migration(
        sql: """
            CREATE TABLE run_trigger (
                name TEXT PRIMARY KEY NOT NULL,
                record TEXT NOT NULL,
                paused INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE trigger_mark (
                name TEXT NOT NULL,
                subject TEXT NOT NULL,
                mark TEXT NOT NULL,
                PRIMARY KEY (name, subject)
            ) STRICT, WITHOUT ROWID;

            -- Kept when the trigger is gone: a firing says why a run was started, or why not.
            CREATE TABLE trigger_firing (
                number INTEGER PRIMARY KEY,
                name TEXT NOT NULL,
                subject TEXT NOT NULL,
                former TEXT,
                mark TEXT,
                outcome TEXT NOT NULL,
                run INTEGER REFERENCES run (id),
                remark TEXT NOT NULL,
                lineage TEXT NOT NULL,
                at INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX trigger_firing_by_name ON trigger_firing (name, subject, number);
            CREATE INDEX trigger_firing_by_run ON trigger_firing (run) WHERE run IS NOT NULL;
            CREATE TRIGGER trigger_firing_unchanged BEFORE UPDATE ON trigger_firing
                BEGIN SELECT RAISE (ABORT, 'append-only: trigger_firing'); END;
            CREATE TRIGGER trigger_firing_kept BEFORE DELETE ON trigger_firing
                BEGIN SELECT RAISE (ABORT, 'append-only: trigger_firing'); END;

            CREATE TABLE run_end (
                number INTEGER PRIMARY KEY,
                run INTEGER NOT NULL REFERENCES run (id)
            ) STRICT;
            CREATE TRIGGER run_ended AFTER UPDATE OF state ON run
                WHEN new.state IN ('completed', 'failed', 'aborted') AND new.state <> old.state
                BEGIN INSERT INTO run_end (run) VALUES (new.id); END;

            CREATE TABLE question_news (
                number INTEGER PRIMARY KEY,
                question INTEGER NOT NULL REFERENCES question (id),
                occasion TEXT NOT NULL,
                attempts INTEGER NOT NULL DEFAULT 0,
                due_at INTEGER NOT NULL,
                since INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX question_news_due ON question_news (due_at, number);
            CREATE INDEX question_news_by_question ON question_news (question);
            CREATE TRIGGER question_asked AFTER INSERT ON question
                BEGIN
                    INSERT INTO question_news (question, occasion, due_at, since)
                        VALUES (new.id, 'asked', new.asked_at, new.asked_at);
                END;
            CREATE TRIGGER question_escalated AFTER UPDATE OF escalated_at ON question
                WHEN old.escalated_at IS NULL AND new.escalated_at IS NOT NULL
                BEGIN
                    INSERT INTO question_news (question, occasion, due_at, since)
                        VALUES (new.id, 'escalated', new.escalated_at, new.escalated_at);
                END;
            CREATE TRIGGER question_told AFTER UPDATE OF state ON question
                WHEN new.state <> 'open'
                BEGIN DELETE FROM question_news WHERE question = new.id; END;
            INSERT INTO question_news (question, occasion, due_at, since)
                SELECT id, 'asked', asked_at, asked_at FROM question WHERE state = 'open';
            """)
}
