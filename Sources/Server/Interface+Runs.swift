// Runs over HTTP: the list, the report, and asking for the end of one.
import Hummingbird
import Model
import Orchestration

extension Interface {
    func addRuns(to runs: RouterGroup<KnownVisit>) {
        runs.get("/") { [orchestrator] request, _ in
            let page = try ListPage(request, cursor: "before")
            let found = try orchestrator.runs(
                before: page.cursor.map { RunID($0) }, limit: page.limit)
            return Response(["runs": .list(found.map(\.view))])
        }
        runs.get("/:run") { [orchestrator] _, visit in
            Response(try orchestrator.report(visit.run).value)
        }
        runs.post("/:run/abort") { [orchestrator] request, visit in
            let run = try visit.run
            let wish = try await RequestBody(reading: request, fields: ["reason"])
            try await orchestrator.requestAbort(
                run, by: visit.person, reason: try wish.text("reason"))
            return Response(try orchestrator.run(run).view, status: .accepted)
        }
    }
}

extension KnownVisit {
    /// The run that the path names. Raises `name.unknown`.
    fileprivate var run: RunID {
        get throws(Failure) {
            let text = parameters.get("run") ?? ""
            guard let run = RunID(text) else {
                throw Failure(
                    .unknownName, "there is no run '\(text)'; /api/runs lists them",
                    context: ["run": text])
            }
            return run
        }
    }
}
