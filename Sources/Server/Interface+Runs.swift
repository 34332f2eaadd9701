// Runs over HTTP: the list, the report, the streams, and what people wish of one.
import Hummingbird
import Model
import Orchestration

extension Interface {
    func addRuns(to runs: RouterGroup<KnownVisit>) {
        runs.get("/") { [orchestrator] request, visit in
            let page = try ListPage(request, cursor: "before")
            let found = try orchestrator.runs(
                for: visit.person, before: page.cursor.map { RunID($0) }, limit: page.limit)
            return Response(["runs": .list(found.map(\.view))])
        }
        runs.get("/:run") { [orchestrator] _, visit in
            Response(try orchestrator.report(visit.run, for: visit.person).value)
        }
        runs.get("/:run/output") { [orchestrator] request, visit in
            Response(
                try orchestrator.outputView(
                    of: visit.run, try OutputQuery(request), for: visit.person))
        }
        for wish in RunWish.allCases {
            runs.post("/:run/\(wish.rawValue)") { [orchestrator] request, visit in
                let run = try visit.run
                let body = try await RequestBody(reading: request, fields: ["reason"])
                let wished = try await orchestrator.wish(
                    wish, of: run, by: visit.person, reason: try body.text("reason"))
                return Response(wished.view, status: .accepted)
            }
        }
    }
}

extension OutputQuery {
    /// Reads `?stream=warning,error&from=LINE&to=LINE`, and `&last=N` or `&limit=N`.
    fileprivate init(_ request: Request) throws(Failure) {
        let most = Int64(Limits.listedMax)
        let last = try ListPage.number("last", in: request, upTo: most)
        let limit = try ListPage.number("limit", in: request, upTo: most)
        try self.init(
            streams: request.uri.queryParameters["stream"].map { String($0) },
            from: try ListPage.number("from", in: request, upTo: .max),
            to: try ListPage.number("to", in: request, upTo: .max),
            last: last.map { Int($0) }, limit: Int(limit ?? most))
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
