// What people do to questions: they answer, refuse, and let others answer. What it comes to is
// decided by the question itself, in the transaction that writes it.
import Model
import Store

extension Orchestrator {
    /// Open questions of all runs, oldest first, after the given one.
    package func openQuestions(
        after: QuestionID = QuestionID(0), limit: Int
    ) throws -> [Question] {
        try services.store.openQuestions(after: after, limit: limit)
    }

    /// Raises `name.unknown`.
    package func question(_ id: QuestionID) throws -> Question {
        try services.store.question(id)
    }

    /// Answers a question; nil refuses it. Rings the leader, whose run goes on, once it is settled;
    /// before that, whoever watches. Returns the question as it stands then.
    ///
    /// Raises what `Question.heard(_:)` raises.
    @discardableResult
    package func answer(
        _ id: QuestionID, _ answer: Value?, comment: String?, by person: Person, channel: String
    ) async throws -> Question {
        let reply = QuestionReply(
            answer: answer, comment: comment, by: person, channel: channel, at: services.clock.now)
        try await services.store.commit([.questionAnswered(id, reply)])
        let question = try services.store.question(id)
        let topic: Notice.Topic = question.state == .open ? .voted : .answered
        ring(Notice(topic, run: question.place.run))
        return question
    }

    /// Lets another answer too, which is a decision.
    ///
    /// Raises `name.unknown` when `muster.lua` lists no such person, and what
    /// `Question.delegated(to:by:at:)` raises.
    @discardableResult
    package func delegate(
        _ id: QuestionID, to name: String, by person: Person, comment: String?
    ) async throws -> Question {
        let run = try services.store.question(id).place.run
        let other = try services.rights.person(named: name)
        let now = services.clock.now
        try await services.store.commit([
            .questionDelegated(id, to: other, by: person, at: now),
            .decided(
                Decision(
                    who: person.name, what: "delegate task \(id) to \(name)", reason: comment,
                    at: now, run: run)),
        ])
        ring(Notice(.delegated, run: run))
        return try services.store.question(id)
    }
}
