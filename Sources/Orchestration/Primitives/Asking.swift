// A question to a person, between the options an author wrote and what the store keeps (M-1, M-2).
import Model
import Store

struct Asking: Sendable {
    let call: PrimitiveCall

    /// The change that puts the question; it shares the intent's transaction.
    var change: Change {
        get throws(Failure) {
            .questionAsked(call.place, try request, at: call.startedAt)
        }
    }

    private var request: QuestionRequest {
        get throws(Failure) {
            QuestionRequest(
                title: call.arguments["title"]?.text ?? "",
                instructions: call.option("instructions")?.text, form: form,
                who: try Answerer(parsing: call.option("by")?.text), deadline: try deadline,
                defaultAction: call.option("on_deadline")?.text == "continue" ? .continue : .abort)
        }
    }

    private var form: QuestionForm {
        let choices = call.option("choices")?.list?.compactMap(\.text)
        switch call.option("form")?.text {
        case "text": return .text
        case "number": return .number
        case "confirm": return .confirm
        default: return .choices(choices ?? ["yes"])
        }
    }

    private var deadline: Timestamp? {
        get throws(Failure) {
            guard let text = call.option("deadline")?.text else { return nil }
            return call.startedAt + (try Duration(text: text))
        }
    }

    /// Whether the answer has come. Expiry is found here: the question is closed, and silence means
    /// what its author declared, which is a refusal unless declared otherwise.
    func arrival() async throws -> Primitive.Arrival {
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
        case .open:
            guard let deadline = question.request.deadline, deadline <= call.services.clock.now
            else { return .pending(until: question.request.deadline) }
            try await call.services.store.commit([
                .questionExpired(question.id, at: call.services.clock.now)
            ])
            return try silence(after: question)
        }
    }

    private func silence(after question: Question) throws(Failure) -> Primitive.Arrival {
        if question.request.defaultAction == .continue { return .value(.null) }
        throw Failure(
            .questionExpired,
            "nobody answered '\(question.request.title)' by "
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
