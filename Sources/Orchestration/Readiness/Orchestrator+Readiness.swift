// What people ask about the readiness of plans.
import LuaRuntime
import Model
import Store

extension Orchestrator {
    private var store: Store { services.store }

    /// What was found of every plan the last time somebody looked; of one when named.
    ///
    /// Raises `name.unknown` for a name that is no plan of the library.
    package func readiness(of name: String? = nil) async throws -> [PlanReadiness] {
        guard let name else { return try store.readiness() }
        guard case .plan = try await inspect(name) else { throw notPlan(name) }
        return try store.readiness(of: LuaModule.runbookName(of: name)).map { [$0] } ?? []
    }

    /// Looks now, and keeps nothing. Raises as ``readiness(of:)`` does, and what loading the card
    /// raises.
    package func readinessNow(of name: String) async throws -> PlanReadiness {
        let check = ReadinessCheck(inspection())
        _ = try await inspect(name)
        guard let found = try await check.look(at: name, knowing: nil) else { throw notPlan(name) }
        return found
    }

    /// The plans of the library, those left out that cannot be loaded.
    package func planNames() async throws -> [String] {
        var names: [String] = []
        for name in library.names {
            if case .plan? = try? await inspect(name) { names.append(name) }
        }
        return names
    }

    private func notPlan(_ name: String) -> Failure {
        Failure(.usage, "'\(name)' is a runbook, not a plan")
    }
}

extension PlanReadiness {
    /// As every face shows it.
    package var view: Value {
        [
            "plan": .text(plan), "ready": .boolean(isReady), "kind": .text(kind.rawValue),
            "checked_at": .text(checkedAt.description), "since": .text(since.description),
            "findings": .list(findings.map(\.view)), "rehearsal": rehearsal?.view ?? .null,
        ]
    }
}

extension PlanFinding {
    fileprivate var view: Value {
        [
            "topic": .text(topic.rawValue), "text": .text(text), "stops_run": .boolean(stopsRun),
        ]
    }
}
