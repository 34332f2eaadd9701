// Questions: put once, settled once, and what each person did to them in between. What becomes of a
// question is not decided here.
import GRDB
import Model

extension ChangeWriter {
    func ask(_ request: QuestionRequest, at place: JournalPlace, on askedAt: Timestamp) throws {
        try db.run(
            """
            INSERT INTO question (run, branch, sequence, title, instructions, form, who, deadline,
                default_action, quorum, not_starter, escalate_to, escalate_at, asked_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (run, branch, sequence) DO NOTHING
            """,
            .run(place.run), .text(place.branch.path), .integer(place.sequence),
            .text(request.title), .text(orNull: request.instructions),
            .text(request.form.value.canonicalJSON), .text(orNull: request.who.text),
            .at(orNull: request.deadline), .text(request.defaultAction.rawValue),
            .integer(request.quorum), .text(orNull: request.barredStarter),
            .text(orNull: request.escalation?.to.text), .at(orNull: request.escalation?.at),
            .at(askedAt))
    }

    /// Reads the question, asks what becomes of it, writes that.
    func change(
        _ id: QuestionID, _ changed: (Question) throws(Failure) -> Question
    ) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "\(Question.selection) WHERE id = ?"), arguments: [id.number])
        guard let row else { throw Failure(unknown: id) }
        let question = try Question(row, in: db)
        try write(try changed(question), over: question)
    }

    func withdrawQuestions(of run: RunID, at instant: Timestamp) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "\(Question.selection) WHERE run = ? AND state = 'open'"),
            arguments: [run.number])
        for row in rows {
            let question = try Question(row, in: db)
            try write(try question.withdrawn(at: instant), over: question)
        }
    }

    func endNews(_ number: Int64) throws {
        try db.run("DELETE FROM question_news WHERE number = ?", .integer(number))
    }

    func postponeNews(_ number: Int64, attempts: Int, until: Timestamp) throws {
        try db.run(
            "UPDATE question_news SET attempts = ?, due_at = ? WHERE number = ?",
            .integer(attempts), .at(until), .integer(number))
    }

    private func write(_ question: Question, over former: Question) throws {
        for vote in question.votes.dropFirst(former.votes.count) {
            try append(vote, to: question.id)
        }
        for delegation in question.delegations.dropFirst(former.delegations.count) {
            try append(delegation, to: question.id)
        }
        guard question.state != former.state || question.escalatedAt != former.escalatedAt else {
            return
        }
        try db.run(
            "UPDATE question SET state = ?, escalated_at = ?, settled_at = ? WHERE id = ?",
            .text(question.state.rawValue), .at(orNull: question.escalatedAt),
            .at(orNull: question.settledAt), .integer(question.id.number))
        if let settledAt = question.settledAt, question.state != .withdrawn {
            try wake(question.place.run, at: settledAt)
        }
    }

    private func append(_ vote: Vote, to question: QuestionID) throws {
        try db.run(
            """
            INSERT INTO vote (question, voter, voice, answer, comment, channel, at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            .integer(question.number), .text(vote.by), .text(vote.voice),
            .json(orNull: vote.answer), .text(orNull: vote.comment), .text(vote.channel),
            .at(vote.at))
    }

    private func append(_ delegation: Delegation, to question: QuestionID) throws {
        try db.run(
            """
            INSERT INTO delegation (question, delegator, delegate, voice, at)
            VALUES (?, ?, ?, ?, ?)
            """,
            .integer(question.number), .text(delegation.by), .text(delegation.to),
            .text(delegation.voice), .at(delegation.at))
    }
}
