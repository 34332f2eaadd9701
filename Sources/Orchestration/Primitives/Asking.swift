// A question to a person, between the options an author wrote and what the store keeps (M-1, M-2).
import Model
import Store

struct Asking: Sendable {
    let call: PrimitiveCall

    /// The change that puts the question; it shares the intent's transaction.
    var change: Change {
        get throws(Failure) {
            let options = try QuestionOptions(
                call.arguments["options"] ?? [:],
                CheckSubject("job.ask: options", code: .argumentInvalid))
            let request = try options.request(
                call.arguments["title"]?.text ?? "", at: call.startedAt, startedBy: call.by)
            return .questionAsked(call.place, request, at: call.startedAt)
        }
    }

    /// Whether the answer has come. Expiry and escalation are found here. Silence means what its
    /// author declared, which is a refusal unless declared otherwise.
    func arrival() throws -> Primitive.Arrival {
        guard let question = try call.services.store.question(at: call.place) else {
            throw Failure(.internalFault, "\(call.place): the question was never put")
        }
        switch question.state {
        case .answered: return .value(question.answer ?? .null)
        case .refused: throw refusal(of: question)
        case .expired: return try silence(after: question)
        case .withdrawn:
            throw Failure(
                .questionWithdrawn, "the question '\(question.request.title)' was withdrawn")
        case .open: return whatIsDue(for: question, at: call.services.clock.now)
        }
    }

    private func whatIsDue(for question: Question, at now: Timestamp) -> Primitive.Arrival {
        if let deadline = question.request.deadline, deadline <= now {
            return .found([.questionExpired(question.id, at: now)], topic: .expired)
        }
        guard let escalation = question.request.escalation, question.escalatedAt == nil else {
            return .pending(until: question.request.deadline)
        }
        guard escalation.at <= now else { return .pending(until: escalation.at) }
        let record: Value = [
            "question": .integer(question.id.number), "to": .text(escalation.to.text ?? "anybody"),
        ]
        let event = Event(
            topic: "question.escalated", run: call.place.run, record: record.canonicalJSON, at: now)
        return .found(
            [.questionEscalated(question.id, at: now), .recorded(event)], topic: .escalated)
    }

    private func silence(after question: Question) throws(Failure) -> Primitive.Arrival {
        if question.request.defaultAction == .continue { return .value(.null) }
        let voices = question.votes.isEmpty ? "nobody" : "too few"
        throw Failure(
            .questionExpired,
            "\(voices) answered '\(question.request.title)' by "
                + "\(question.request.deadline.map(\.description) ?? "its deadline")",
            context: ["question": question.id.description])
    }

    private func refusal(of question: Question) -> Failure {
        let comment = question.comment.map { ": \($0)" } ?? ""
        return Failure(
            .questionRefused,
            "\(question.by ?? "somebody") refused '\(question.request.title)'\(comment)",
            context: ["question": question.id.description])
    }
}
