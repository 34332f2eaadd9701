// Manual tasks over HTTP. The store settles a question once; here those whose voice was heard get
// 200, and everybody who is late 409 with the name of the first. A task says whether it is `yours`.
import Hummingbird
import Model
import Orchestration

extension Interface {
    func addTasks(to tasks: RouterGroup<KnownVisit>) {
        tasks.get("/") { [orchestrator] request, visit in
            let page = try ListPage(request, cursor: "after")
            let found = try orchestrator.openQuestions(
                for: visit.person, after: QuestionID(page.cursor ?? 0), limit: page.limit)
            return Response(["tasks": .list(found.map { view(of: $0, for: visit) })])
        }
        tasks.get("/:task") { [orchestrator] _, visit in
            Response(
                view(of: try orchestrator.question(visit.task, for: visit.person), for: visit))
        }
        tasks.post("/:task/answer") { request, visit in
            try await answer(try visit.task, request, visit)
        }
        tasks.post("/:task/delegate") { request, visit in
            try await delegate(try visit.task, request, visit)
        }
    }

    private func view(of question: Question, for visit: KnownVisit) -> Value {
        question.view(for: visit.person, at: orchestrator.services.clock.now)
    }

    private func delegate(
        _ id: QuestionID, _ request: Request, _ visit: KnownVisit
    ) async throws -> Response {
        let body = try await RequestBody(reading: request, fields: ["to", "comment"])
        guard let other = try body.text("to") else {
            throw Failure(.usage, "say {\"to\": NAME}: who may answer from now on")
        }
        let question = try await orchestrator.delegate(
            id, to: other, by: visit.person, comment: try body.text("comment"))
        return Response(view(of: question, for: visit))
    }

    private func answer(
        _ id: QuestionID, _ request: Request, _ visit: KnownVisit
    ) async throws -> Response {
        let body = try await RequestBody(
            reading: request, fields: ["answer", "refuse", "comment", "channel"])
        let question = try orchestrator.question(id, for: visit.person)
        // Whoever is late hears that he is, before he hears that his answer was of the wrong form.
        try question.requireOpen()
        let settled = try await orchestrator.answer(
            id, try body.answer(to: question.request.form), comment: try body.text("comment"),
            by: visit.person, channel: try body.channel)
        return Response(view(of: settled, for: visit))
    }
}

extension RequestBody {
    /// The answer; nil when the task is refused. Neither is a mistake: silence is never taken for
    /// one.
    fileprivate func answer(to form: QuestionForm) throws(Failure) -> Value? {
        switch (self["answer"], self["refuse"]) {
        case (nil, .boolean(true)?): return nil
        case (.text(let typed)?, nil): return try form.answer(from: typed)
        case (let given?, nil): return try form.checked(given)
        default:
            throw Failure(
                .usage, "say either {\"answer\": …}, \(form.summary), or {\"refuse\": true}")
        }
    }

    fileprivate var channel: String {
        get throws(Failure) {
            let channel = try text("channel") ?? "http"
            guard ["http", "page"].contains(channel) else {
                throw Failure(.usage, "'\(channel)' is no channel of this server; leave it out")
            }
            return channel
        }
    }
}

extension KnownVisit {
    /// The task that the path names. Raises `name.unknown`.
    fileprivate var task: QuestionID {
        get throws(Failure) {
            let text = parameters.get("task") ?? ""
            guard let task = QuestionID(text) else {
                throw Failure(
                    .unknownName, "there is no task '\(text)'; /api/tasks lists the open ones",
                    context: ["question": text])
            }
            return task
        }
    }
}
