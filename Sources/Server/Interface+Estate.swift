// What somebody has here: machines, plans and how ready these are, subscriptions, and what these
// have got for their add-on (S-5).
// A tenant's person is shown his tenant's, whether its primary site answers or not (S-4).
import Hummingbird
import Model
import NIOCore
import Orchestration

extension Interface {
    func addEstate(to api: RouterGroup<KnownVisit>) {
        api.get("/machines") { [orchestrator] _, visit in
            let views = try await orchestrator.directory.views(scope: visit.person.tenant)
            return Response(["machines": .list(views.map(\.value))])
        }
        api.get("/plans") { [orchestrator] _, visit in
            try await orchestrator.requireHouse(visit.person, for: "see the plans")
            let found = try await orchestrator.readiness()
            return Response(["plans": .list(found.map(\.view))])
        }
        api.get("/subscriptions") { [orchestrator] _, visit in
            let all = try await SubscriptionDirectory(services: orchestrator.services)
                .subscriptions(scope: visit.person.tenant)
            return Response(["subscriptions": .list(all.map(\.view))])
        }
        api.get("/subscriptions/:subscription/report") { request, visit in
            let report = try await serviceReport(visit)
            switch request.uri.queryParameters["format"].map({ String($0) }) ?? "json" {
            case "json": return Response(report.view)
            case "text": return Response(text: report.text)
            case let other:
                throw Failure(.usage, "a report is had as json or text, not as '\(other)'")
            }
        }
    }

    private func serviceReport(_ visit: KnownVisit) async throws -> ServiceReport {
        let services = orchestrator.services
        let name = visit.parameters.get("subscription") ?? ""
        let directory = SubscriptionDirectory(services: services)
        let subscription = try await orchestrator.admitting(visit.person) {
            try await directory.subscription(name, for: visit.person)
        }
        return try await ServiceReport(subscription, services: services)
    }
}

extension Response {
    fileprivate init(text: String) {
        self.init(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
