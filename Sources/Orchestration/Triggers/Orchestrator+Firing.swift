// A trigger fires: the run it starts is told what fired it, by the parameters that its card
// declares for that.
import LuaRuntime
import Model
import Store

extension Orchestrator {
    /// Starts the run, or keeps why it cannot be started.
    ///
    /// Raises `trigger.fired_already`, `trigger.paused`, and the engine's own trouble.
    @discardableResult
    func fire(
        _ trigger: RunTrigger, for subject: TriggerSubject, after former: String?,
        under lease: LeaseToken?
    ) async throws -> TriggerFiring {
        var firing = TriggerFiring(
            TriggerMark(
                trigger: trigger.name, subject: subject.name, former: former, mark: subject.mark),
            outcome: .started, remark: subject.told, lineage: subject.lineage + [trigger.name],
            at: services.clock.now)
        do {
            let request = try await request(of: trigger, for: subject)
            _ = try await start(request, under: lease) { run in
                firing.run = run
                return [.triggerFired(firing)]
            }
        } catch let failure as Failure
            where failure.code == .firedAlready || failure.code == .triggerPaused
        {
            throw failure
        } catch let failure as Failure where failure.isOutcome {
            firing.run = nil
            firing.outcome = .refused
            firing.remark = failure.message
            try await services.store.commit([.triggerFired(firing)], under: lease)
        }
        return firing
    }

    /// The run that a trigger starts. What the trigger was given stands before what fired it.
    func request(
        of trigger: RunTrigger, for subject: TriggerSubject
    ) async throws -> RunRequest {
        var parameters = try Value(json: trigger.parameters).object ?? [:]
        if case .runbook(let card) = try await inspect(trigger.runbook, scope: trigger.scope) {
            for (name, text) in subject.facts
            where parameters[name] == nil && card.parameters.contains(where: { $0.name == name }) {
                parameters[name] = .text(text)
            }
        }
        let cause = "\(trigger.name) \(subject.name) \(subject.mark ?? "") \(services.clock.now)"
        return RunRequest(
            name: trigger.runbook, kind: trigger.kind, parameters: parameters,
            scope: trigger.scope, by: services.rights.known(trigger.by),
            reason: "trigger \(trigger.name): \(subject.told)",
            seed: RunSeed.derived(from: cause))
    }
}
