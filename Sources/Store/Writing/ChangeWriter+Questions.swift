// Questions: put once, settled once.
import GRDB
import Model

extension ChangeWriter {
    func ask(_ request: QuestionRequest, at place: JournalPlace, on askedAt: Timestamp) throws {
        try db.run(
            """
            INSERT INTO question (run, branch, sequence, title, instructions, form, who, deadline,
                default_action, asked_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (run, branch, sequence) DO NOTHING
            """,
            .run(place.run), .text(place.branch.path), .integer(place.sequence),
            .text(request.title), .text(orNull: request.instructions),
            .text(request.form.value.canonicalJSON), .text(orNull: request.who.text),
            .at(orNull: request.deadline), .text(request.defaultAction.rawValue), .at(askedAt))
    }

    /// Reads the question, asks what becomes of it, writes that.
    func settle(
        _ id: QuestionID, _ settled: (Question) throws(Failure) -> Question
    ) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "\(Question.selection) WHERE id = ?"), arguments: [id.number])
        guard let row else { throw Failure(unknown: id) }
        try update(try settled(try Question(row)))
    }

    func withdrawQuestions(of run: RunID, at instant: Timestamp) throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "\(Question.selection) WHERE run = ? AND state = 'open'"),
            arguments: [run.number])
        for row in rows { try update(try Question(row).withdrawn(at: instant)) }
    }

    private func update(_ question: Question) throws {
        try db.run(
            """
            UPDATE question SET state = ?, answer = ?, comment = ?, settled_by = ?, channel = ?,
                settled_at = ?
            WHERE id = ?
            """,
            .text(question.state.rawValue), .json(orNull: question.answer),
            .text(orNull: question.comment), .text(orNull: question.by),
            .text(orNull: question.channel), .at(orNull: question.settledAt),
            .integer(question.id.number))
    }
}
