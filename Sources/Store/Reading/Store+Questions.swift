// Reading questions.
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

    /// Open questions of all runs, oldest first, after the given one.
    package func openQuestions(
        after: QuestionID = QuestionID(0), limit: Int = 100
    ) throws -> [Question] {
        try questions(
            "WHERE state = 'open' AND id > ? ORDER BY id LIMIT ?", [after.number, limit])
    }

    /// Open questions whose deadline is not after `instant`, the earliest deadline first.
    package func overdueQuestions(at instant: Timestamp, limit: Int = 100) throws -> [Question] {
        try questions(
            "WHERE state = 'open' AND deadline <= ? ORDER BY deadline, id LIMIT ?",
            [instant.microseconds, limit])
    }

    private func questions(
        _ condition: String, _ arguments: StatementArguments
    ) throws -> [Question] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(sql: "\(Question.selection) \(condition)"),
                arguments: arguments
            ).map { try Question($0) }
        }
    }
}

extension Question {
    static let selection = "SELECT * FROM question"

    init(_ row: Row) throws {
        let place = JournalPlace(
            run: row.run("run"), branch: Branch(row["branch"]), sequence: row["sequence"])
        let request = QuestionRequest(
            title: row["title"], instructions: row["instructions"],
            form: try row.value("form") { QuestionForm(try Value(json: $0)) },
            who: try row.optional("who") { try Answerer(parsing: $0) } ?? .anybody,
            deadline: row.optionalInstant("deadline"),
            defaultAction: try row.value(
                "default_action", as: QuestionRequest.DefaultAction.init(rawValue:)))
        self.init(
            id: QuestionID(row["id"]), place: place, request: request,
            askedAt: row.instant("asked_at"))
        state = try row.value("state", as: State.init(rawValue:))
        answer = try row.optionalJSON("answer")
        comment = row["comment"]
        by = row["settled_by"]
        channel = row["channel"]
        settledAt = row.optionalInstant("settled_at")
    }
}
