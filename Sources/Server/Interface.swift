// Which address leads where. Everything under `/api` asks who it is first; the page and `/health`
// say nothing that is anybody's.
//
//     GET  /                            the page
//     GET  /health                      {"status":"ok"}
//     POST /hooks/NAME                  signed, starts what the trigger of that name says
//     GET  /answer/LINK                 a form for one person and one question; POST answers
//     GET  /api/me                      who the token belongs to
//     GET  /api/runs                    newest first     ?before=RUN&limit=N
//     GET  /api/runs/RUN                the report
//     GET  /api/runs/RUN/output         ?stream=LEVELS&from=LINE&to=LINE&last=N&limit=N
//     POST /api/runs/RUN/WISH           {"reason": TEXT}; suspend, resume, stop or abort
//     GET  /api/tasks                   open ones, oldest first     ?after=TASK&limit=N
//     GET  /api/tasks/TASK
//     POST /api/tasks/TASK/answer       {"answer": …, "comment": TEXT} or {"refuse": true, …}
//     POST /api/tasks/TASK/delegate     {"to": NAME, "comment": TEXT}
//     GET  /api/machines                by name
//     GET  /api/plans                   how ready each was found, by name; for the house
//     GET  /api/subscriptions           by name
//     GET  /api/subscriptions/NAME/report   the service report; ?format=text for people
//     GET  /api/events                  server-sent events
//
// A tenant's person is shown what is his tenant's, and refused what is not (S-4).
import Hummingbird
import Model
import Orchestration

struct Interface: Sendable {
    let orchestrator: Orchestrator
    let people: @Sendable (String) -> Person?
    let hooks: @Sendable (String) -> String?
    /// Makes the links to questions; nil where none are made.
    let linkSecret: String?
    let news: @Sendable () throws -> any News
    let heartbeat: Duration

    var router: Router<Visit> {
        let router = Router(context: Visit.self)
        router.add(middleware: Manners())
        router.get("/") { [page = Page.shared] _, _ in page.response }
        router.get("/health") { _, _ in Response(["status": "ok"]) }
        router.post("/hooks/:hook") { request, visit in try await heard(request, visit) }
        addLinks(to: router)
        let known = router.group("/api").add(middleware: Identification(people: people))
            .group(context: KnownVisit.self)
        known.get("/me") { _, visit in Response(visit.person.view) }
        known.get("/events") { _, visit in try watch(visit.person) }
        addEstate(to: known)
        addRuns(to: known.group("/runs"))
        addTasks(to: known.group("/tasks"))
        return router
    }
}

extension Person {
    fileprivate var view: Value {
        var fields: [String: Value] = [
            "name": .text(name), "roles": .list(roles.sorted().map(Value.text)),
        ]
        fields["tenant"] = tenant.map { .text($0) }
        return .object(fields)
    }
}
