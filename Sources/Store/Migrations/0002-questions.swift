// What runs ask of people and what those said, and which vms runs hold.

extension Migration {
    static let questions = Migration(
        sql: """
            CREATE TABLE question (
                id INTEGER PRIMARY KEY,
                run INTEGER NOT NULL REFERENCES run (id),
                branch TEXT NOT NULL,
                sequence INTEGER NOT NULL CHECK (sequence > 0),
                title TEXT NOT NULL,
                instructions TEXT,
                form TEXT NOT NULL,
                who TEXT,
                deadline INTEGER,
                default_action TEXT NOT NULL,
                quorum INTEGER NOT NULL CHECK (quorum > 0),
                not_starter TEXT,
                escalate_to TEXT,
                escalate_at INTEGER,
                asked_at INTEGER NOT NULL,
                state TEXT NOT NULL DEFAULT 'open',
                escalated_at INTEGER,
                settled_at INTEGER,
                UNIQUE (run, branch, sequence)
            ) STRICT;
            CREATE INDEX question_open ON question (id) WHERE state = 'open';
            CREATE INDEX question_due ON question (deadline) WHERE state = 'open';

            -- A settled question stays as it is, and none is ever taken back.
            CREATE TRIGGER question_settled_once BEFORE UPDATE ON question
                WHEN old.state <> 'open'
                BEGIN SELECT RAISE (ABORT, 'append-only: question'); END;
            CREATE TRIGGER question_kept BEFORE DELETE ON question
                BEGIN SELECT RAISE (ABORT, 'append-only: question'); END;

            -- What each person said; a voice is heard once.
            CREATE TABLE vote (
                number INTEGER PRIMARY KEY,
                question INTEGER NOT NULL REFERENCES question (id),
                voter TEXT NOT NULL,
                voice TEXT NOT NULL,
                answer TEXT,
                comment TEXT,
                channel TEXT NOT NULL,
                at INTEGER NOT NULL,
                UNIQUE (question, voter),
                UNIQUE (question, voice)
            ) STRICT;
            CREATE TRIGGER vote_in_time BEFORE INSERT ON vote
                WHEN (SELECT state FROM question WHERE id = new.question) <> 'open'
                BEGIN SELECT RAISE (ABORT, 'append-only: vote'); END;
            CREATE TRIGGER vote_stands BEFORE UPDATE ON vote
                BEGIN SELECT RAISE (ABORT, 'append-only: vote'); END;
            CREATE TRIGGER vote_kept BEFORE DELETE ON vote
                BEGIN SELECT RAISE (ABORT, 'append-only: vote'); END;

            -- Who let whom answer too, and in whose voice.
            CREATE TABLE delegation (
                number INTEGER PRIMARY KEY,
                question INTEGER NOT NULL REFERENCES question (id),
                delegator TEXT NOT NULL,
                delegate TEXT NOT NULL,
                voice TEXT NOT NULL,
                at INTEGER NOT NULL,
                UNIQUE (question, delegate)
            ) STRICT;
            CREATE TRIGGER delegation_stands BEFORE UPDATE ON delegation
                BEGIN SELECT RAISE (ABORT, 'append-only: delegation'); END;
            CREATE TRIGGER delegation_kept BEFORE DELETE ON delegation
                BEGIN SELECT RAISE (ABORT, 'append-only: delegation'); END;

            CREATE TABLE claim (
                vm TEXT PRIMARY KEY NOT NULL,
                run INTEGER NOT NULL REFERENCES run (id),
                since INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX claim_by_run ON claim (run);
            """)
}
