// What an author may say about a question, in `job.ask` and in `manual { … }` alike: the words, and
// what they come to. What no shape can say is checked here, for a card when it is read and for a
// call when it is made: a question that nobody could ever answer is not put.
import Model

struct QuestionOptions: Sendable {
    private let given: Value
    private let subject: CheckSubject

    static let fields = [
        Parameter("instructions", .text, "What to look at before answering."),
        Parameter("by", .text, "Who may answer: \"role:NAME\" or \"user:NAME\"; anybody."),
        Parameter("not_starter", .boolean, "Whether whoever started the run may not answer."),
        Parameter(
            "quorum", .integer(1..<101), "How many different persons must say the same; 1."),
        Parameter(
            "form", .choice(["choice", "text", "number", "confirm", "name"]),
            "What an answer is; a choice."),
        Parameter("choices", .list(.text), "What can be chosen; \"yes\" alone."),
        Parameter("exactly", .text, "The name to type, for form = \"name\"."),
        Parameter("deadline", .duration, "How long the run waits for the answer."),
        Parameter(
            "on_deadline", .choice(["abort", "continue"]),
            "What silence means; \"abort\" unless said otherwise."),
        Parameter(
            "escalate",
            .record([
                Parameter("to", .text, required: true, "Who is asked too, as in by."),
                Parameter("after", .duration, required: true, "After how long without an answer."),
            ]), "Who may answer too when nobody has for a while."),
    ]

    /// Raises the subject's code when the options contradict each other.
    init(_ given: Value, _ subject: CheckSubject) throws(Failure) {
        self.given = given
        self.subject = subject
        _ = try request("", at: Timestamp(microseconds: 0), startedBy: nil)
    }

    /// What is asked, at that instant. Raises the subject's code when nobody could answer it.
    func request(
        _ title: String, at instant: Timestamp, startedBy starter: String?
    ) throws(Failure) -> QuestionRequest {
        var request = QuestionRequest(
            title: title, instructions: given["instructions"]?.text, form: try form,
            who: try answerer(given["by"], subject.field("by")),
            deadline: try duration(given["deadline"]).map { instant + $0 },
            defaultAction: given["on_deadline"]?.text == "continue" ? .continue : .abort,
            quorum: given["quorum"]?.integer.map { Int($0) } ?? 1,
            barredStarter: given["not_starter"]?.boolean == true ? starter : nil)
        request.escalation = try escalation(at: instant, before: request.deadline)
        try requireReachable(request)
        return request
    }

    private var form: QuestionForm {
        get throws(Failure) {
            let form = given["form"]?.text ?? "choice"
            let exactly = given["exactly"]?.text ?? ""
            guard exactly.isEmpty == (form != "name") else {
                throw subject.field("exactly").failure(
                    form == "name"
                        ? "is missing: say which name is to be typed"
                        : "is for form = \"name\", and the form is \"\(form)\"")
            }
            switch form {
            case "text": return .text
            case "number": return .number
            case "confirm": return .confirm
            case "name": return .name(exactly)
            default: return .choices(given["choices"]?.list?.compactMap(\.text) ?? ["yes"])
            }
        }
    }

    private func escalation(
        at instant: Timestamp, before deadline: Timestamp?
    ) throws(Failure) -> Escalation? {
        guard let given = given["escalate"] else { return nil }
        let subject = subject.field("escalate")
        let to = try answerer(given["to"], subject.field("to"))
        let at = try instant + (duration(given["after"]) ?? .zero)
        if let deadline, deadline <= at {
            throw subject.field("after").failure(
                "must be shorter than the deadline, or nobody is asked in time")
        }
        return Escalation(to: to, at: at)
    }

    private func answerer(
        _ given: Value?, _ subject: CheckSubject
    ) throws(Failure) -> Answerer {
        do throws(Failure) {
            return try Answerer(parsing: given?.text)
        } catch {
            throw subject.failure("is no answerer: \(error.message)")
        }
    }

    private func duration(_ given: Value?) throws(Failure) -> Duration? {
        guard let text = given?.text else { return nil }
        return try Duration(text: text)
    }

    /// Roles may have any number of members; users are one each.
    private func requireReachable(_ request: QuestionRequest) throws(Failure) {
        var users: Set<String> = []
        for answerer in [request.who, request.escalation?.to].compactMap({ $0 }) {
            guard case .user(let name) = answerer else { return }
            users.insert(name)
        }
        let starter = request.barredStarter.flatMap { users.remove($0) }
        guard users.count < request.quorum else { return }
        let barred = starter.map { " (\($0) started the run, which not_starter bars)" } ?? ""
        throw subject.failure(
            "can never be answered: \(users.count) of the \(request.quorum) who must agree "
                + "may answer\(barred)")
    }
}
