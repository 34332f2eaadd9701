// A primitive that cannot tell whether it happened says so and asks (B-2).
import Model
import Store

struct OutcomeDoubt: Sendable {
    enum Answer {
        case pending, done, notDone
        case refused(Failure)
    }

    let primitive: Primitive
    let call: PrimitiveCall

    private static let done = "it happened"
    private static let notDone = "it did not happen"

    /// Puts the question when it was not put yet, and looks for its answer.
    func answer(committing context: RunContext) async throws -> Answer {
        guard let question = try context.services.store.question(at: call.place) else {
            try await context.commit([.questionAsked(call.place, request, at: call.startedAt)])
            return .pending
        }
        switch question.state {
        case .open: return .pending
        case .answered: return question.answer == .text(Self.done) ? .done : .notDone
        case .refused, .expired, .withdrawn:
            return .refused(
                Failure(
                    .outcomeUnknown,
                    "the engine died during \(primitive.name), and nobody said whether it happened",
                    context: ["primitive": primitive.name]))
        }
    }

    private var request: QuestionRequest {
        QuestionRequest(
            title: "Did \(primitive.name) happen before the engine died?",
            instructions: "Its arguments: \(Value.object(call.arguments).canonicalJSON). "
                + "Look at the thing itself before answering.",
            form: .choices([Self.done, Self.notDone]))
    }
}
