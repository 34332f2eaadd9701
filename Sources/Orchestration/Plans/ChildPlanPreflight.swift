// The part of preflight that looks at the plans which a plan runs: each by the same checks, before
// anything of any of them is touched. Plans that run each other in a circle are named in its order,
// and so is a vm that two which run side by side have: one run at a time works on a vm (P-7).
import LuaRuntime
import Model

struct ChildPlanPreflight {
    let preflight: Preflight
    let texts: PlanTexts

    func look(_ outcome: inout Preflight.Outcome) async throws {
        for group in preflight.subject.plans {
            var holders: [String: String] = [:]
            for name in group {
                guard let vms = try await look(at: name, &outcome) else { continue }
                outcome.members += vms
                for vm in vms {
                    guard let other = holders.updateValue(name, forKey: vm) else { continue }
                    outcome.found(
                        .plans,
                        ["'\(other)' and '\(name)' run side by side, and both have \(vm)"])
                }
            }
        }
    }

    /// The vms of the plan and of those below it; nil when it cannot be loaded.
    private func look(
        at name: String, _ outcome: inout Preflight.Outcome
    ) async throws -> [String]? {
        let lineage = preflight.lineage + [texts.file.runbookName]
        if let start = lineage.firstIndex(of: name) {
            let circle = (lineage[start...] + [name]).map { "'\($0)'" }
            outcome.found(
                .plans, ["plans run each other in a circle: \(circle.joined(separator: ", "))"])
            return nil
        }
        let (plan, file): (RecoveryPlan, LuaModule)
        do {
            (plan, file) = try await texts.inspection.plan(name)
        } catch let failure as Failure where failure.isOutcome {
            outcome.found(.plans, ["the plan '\(name)' cannot be run: \(failure.message)"])
            return nil
        }
        let parent = preflight.subject
        var subject = plan.subject(
            parent.kind, parent.direction, act: parent.act, reason: parent.reason)
        subject.by = parent.by
        var child = Preflight(
            services: preflight.services, sight: preflight.sight, subject: subject,
            texts: PlanTexts(file, texts.inspection))
        child.lineage = lineage
        let found = try await child.look()
        outcome.findings += found.findings.map { finding in
            PlanFinding(finding.topic, "\(name): \(finding.text)")
        }
        outcome.losses.merge(found.losses) { first, _ in first }
        return plan.vms + found.members
    }
}

extension CardInspection {
    /// A plan of the library, and its text. Raises what finding and loading it raises, and
    /// `usage.invalid` for a runbook.
    func plan(_ name: String) async throws -> (RecoveryPlan, LuaModule) {
        let file = try library.file(name)
        guard case .plan(let plan) = try await read(file) else {
            throw Failure(.usage, "'\(name)' is a runbook, not a plan")
        }
        return (plan, file)
    }
}
