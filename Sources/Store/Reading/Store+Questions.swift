// Reading questions, with what people said to them.
import GRDB
import Model

extension Store {
    /// The question of that number. Raises `name.unknown`.
    package func question(_ id: QuestionID) throws -> Question {
        guard let question = try questions("WHERE id = ?", [id.number]).first else {
            throw Failure(unknown: id)
        }
        return question
    }

    /// The question asked at that place; nil when none was.
    package func question(at place: JournalPlace) throws -> Question? {
        try questions(
            "WHERE run = ? AND branch = ? AND sequence = ?",
            [place.run.number, place.branch.path, place.sequence]
        ).first
    }

    /// The questions of a run, oldest first.
    package func questions(of run: RunID) throws -> [Question] {
        try questions("WHERE run = ? ORDER BY id", [run.number])
    }

    /// Open questions of all runs, or of those of one scope, oldest first, after the given one.
    package func openQuestions(
        after: QuestionID = QuestionID(0), scope: String? = nil, limit: Int = 100
    ) throws -> [Question] {
        guard let scope else {
            return try questions(
                "WHERE state = 'open' AND id > ? ORDER BY id LIMIT ?", [after.number, limit])
        }
        return try questions(
            """
            WHERE state = 'open' AND id > ?
            AND EXISTS (SELECT 1 FROM run WHERE run.id = question.run AND run.scope = ?)
            ORDER BY id LIMIT ?
            """, [after.number, scope, limit])
    }

    /// Open questions whose deadline is not after `instant`, the earliest deadline first.
    package func overdueQuestions(at instant: Timestamp, limit: Int = 100) throws -> [Question] {
        try questions(
            "WHERE state = 'open' AND deadline <= ? ORDER BY deadline, id LIMIT ?",
            [instant.microseconds, limit])
    }

    /// What is to be told outside by `instant`, the longest due first.
    package func dueNews(at instant: Timestamp, limit: Int) throws -> [QuestionNews] {
        try read { db in
            try db.all(
                """
                SELECT number, question, occasion, attempts, since FROM question_news
                WHERE due_at <= ? ORDER BY due_at, number LIMIT ?
                """, .at(instant), .integer(limit)
            ) { row in
                guard let occasion = QuestionNews.Occasion(rawValue: row.text(2)) else {
                    throw Failure(.storeDamaged, "no version wrote news '\(row.text(2))'")
                }
                return QuestionNews(
                    number: row.integer(0), question: QuestionID(row.integer(1)),
                    occasion: occasion, attempts: Int(row.integer(3)),
                    since: Timestamp(microseconds: row.integer(4)))
            }
        }
    }

    /// When the next of it is due; nil when there is none.
    package func nextNews() throws -> Timestamp? {
        try read { db in
            try db.first("SELECT min(due_at) FROM question_news") { $0.instant(ifAny: 0) } ?? nil
        }
    }

    private func questions(
        _ condition: String, _ arguments: StatementArguments
    ) throws -> [Question] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "\(Question.selection) \(condition)"),
                arguments: arguments
            ).map { try Question($0, in: db) }
        }
    }
}

extension Question {
    static let selection = "SELECT * FROM question"

    /// The row with what people did to it.
    init(_ row: Row, in db: Database) throws {
        let place = JournalPlace(
            run: row.run("run"), branch: Branch(row["branch"]), sequence: row["sequence"])
        self.init(
            id: QuestionID(row["id"]), place: place, request: try QuestionRequest(row),
            askedAt: row.instant("asked_at"))
        state = try row.value("state", as: State.init(rawValue:))
        escalatedAt = row.optionalInstant("escalated_at")
        settledAt = row.optionalInstant("settled_at")
        votes = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM vote WHERE question = ? ORDER BY number"),
            arguments: [id.number]
        ).map { try Vote($0) }
        delegations = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM delegation WHERE question = ? ORDER BY number"),
            arguments: [id.number]
        ).map { Delegation($0) }
    }
}

extension QuestionRequest {
    fileprivate init(_ row: Row) throws {
        self.init(
            title: row["title"], instructions: row["instructions"],
            form: try row.value("form") { QuestionForm(try Value(json: $0)) },
            who: try row.optional("who") { try Answerer(parsing: $0) } ?? .anybody,
            deadline: row.optionalInstant("deadline"),
            defaultAction: try row.value("default_action", as: DefaultAction.init(rawValue:)),
            quorum: row["quorum"], barredStarter: row["not_starter"])
        escalation = try row.optionalInstant("escalate_at").map { instant in
            Escalation(
                to: try row.optional("escalate_to") { try Answerer(parsing: $0) } ?? .anybody,
                at: instant)
        }
    }
}

extension Vote {
    fileprivate init(_ row: Row) throws {
        self.init(
            by: row["voter"], voice: row["voice"], answer: try row.optionalJSON("answer"),
            comment: row["comment"], channel: row["channel"], at: row.instant("at"))
    }
}

extension Delegation {
    fileprivate init(_ row: Row) {
        self.init(
            by: row["delegator"], to: row["delegate"], voice: row["voice"],
            at: row.instant("at"))
    }
}
