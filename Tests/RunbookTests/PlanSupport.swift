// Plans of a few lines, for tests of what the engine does with them.
import Model
import Orchestration
import Store
import TestSupport

/// A plan of one group from Oslo to Bergen.
func onePlan(_ fields: String, vms: String = #"{ "sql01" }"#) -> String {
    """
    local group, step, manual, machine = plan.group, plan.step, plan.manual, plan.machine
    return plan {
      summary = "A test", source = "oslo", target = "bergen",
      groups = { group { "only", vms = \(vms) } },
      \(fields)
    }
    """
}

extension World {
    /// Runs a plan of that text to its end.
    func plan(
        _ text: String, _ kind: FailoverKind = .planned, on engine: Orchestrator? = nil,
        reason: String? = nil
    ) async throws -> RunReport {
        write("trial", text)
        let record = try await run(request("trial", kind: kind, reason: reason), on: engine)
        return try report(record.id)
    }

    /// Goes on from a run to the end of the one that follows it.
    func goOn(
        from run: RunID, _ verdict: PlanSequel.Verdict = .retry, as kind: FailoverKind? = nil,
        reason: String? = nil
    ) async throws -> RunReport {
        let engine = try engine()
        let next = try await engine.goOn(
            from: run, verdict, as: kind, by: Self.eva, reason: reason)
        try await finish(next, on: engine)
        return try report(next)
    }

    /// Undoes a run to the end of that.
    func undo(_ run: RunID) async throws -> RunReport {
        let engine = try engine()
        let undoing = try await engine.undo(run, by: Self.eva, reason: "the wrong night")
        try await finish(undoing, on: engine)
        return try report(undoing)
    }
}

extension RunReport {
    func task(_ id: String) -> PlanProgress.Task? {
        stages.flatMap(\.tasks).first { $0.id == id }
    }

    /// The calls of a branch, in order.
    func calls(in branch: String) -> [String] {
        acts.filter { $0.place.branch.path == branch }.map(\.primitive)
    }
}
