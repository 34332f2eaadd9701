// What people do to questions: they answer, refuse, and let others answer. What it comes to is
// decided by the question itself, in the transaction that writes it.
import Model
import Store

extension Orchestrator {
    /// Open questions of the runs that the person sees, oldest first, after the given one.
    package func openQuestions(
        for person: Person, after: QuestionID = QuestionID(0), limit: Int
    ) throws -> [Question] {
        try services.store.openQuestions(after: after, scope: person.tenant, limit: limit)
    }

    /// Raises `name.unknown`, and `scope.refused` for one of another tenant's run.
    package func question(_ id: QuestionID, for person: Person) throws -> Question {
        let question = try services.store.question(id)
        try person.require(
            try services.store.run(question.place.run).scope, of: "task \(id)")
        return question
    }

    /// Answers a question; nil refuses it. Rings the leader, whose run goes on, once it is settled;
    /// before that, whoever watches. Returns the question as it stands then.
    ///
    /// Raises `scope.refused` for a question of another tenant's run, and what
    /// `Question.heard(_:)` raises.
    @discardableResult
    package func answer(
        _ id: QuestionID, _ answer: Value?, comment: String?, by person: Person, channel: String
    ) async throws -> Question {
        if person.tenant != nil {
            let run = try services.store.question(id).place.run
            try await requireTouch(run, by: person, as: "task \(id)")
        }
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
    /// Raises `name.unknown` when `muster.lua` lists no such person, `scope.refused` when one of
    /// the two is another tenant's, and what
    /// `Question.delegated(to:by:at:)` raises.
    @discardableResult
    package func delegate(
        _ id: QuestionID, to name: String, by person: Person, comment: String?
    ) async throws -> Question {
        let run = try services.store.question(id).place.run
        try await requireTouch(run, by: person, as: "task \(id)")
        let other = try services.rights.person(named: name)
        try other.require(try services.store.run(run).scope, of: "task \(id)")
        try await services.store.commit([
            .questionDelegated(id, to: other, by: person, at: services.clock.now),
            decided("delegate task \(id) to \(name)", by: person.name, reason: comment, run: run),
        ])
        ring(Notice(.delegated, run: run))
        return try services.store.question(id)
    }
}
