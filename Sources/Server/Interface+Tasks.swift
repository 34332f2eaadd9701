// Manual tasks over HTTP. The store settles a question once; here the first hears 200, and
// everybody else 409 with the name of the first.
import Hummingbird
import Model
import Orchestration

extension Interface {
    func addTasks(to tasks: RouterGroup<KnownVisit>) {
        tasks.get("/") { [orchestrator] request, _ in
            let page = try ListPage(request, cursor: "after")
            let found = try orchestrator.openQuestions(
                after: QuestionID(page.cursor ?? 0), limit: page.limit)
            return Response(["tasks": .list(found.map(\.view))])
        }
        tasks.get("/:task") { [orchestrator] _, visit in
            Response(try orchestrator.question(visit.task).view)
        }
        tasks.post("/:task/answer") { request, visit in
            try await answer(try visit.task, request, by: visit.person)
        }
    }

    private func answer(
        _ id: QuestionID, _ request: Request, by person: Person
    ) async throws -> Response {
        let body = try await RequestBody(
            reading: request, fields: ["answer", "refuse", "comment", "channel"])
        let question = try orchestrator.question(id)
        // Whoever is late hears that he is, before he hears that his answer was of the wrong form.
        try question.requireOpen()
        try await orchestrator.answer(
            id, try body.answer(to: question.request.form), comment: try body.text("comment"),
            by: person, channel: try body.channel)
        return Response(try orchestrator.question(id).view)
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
