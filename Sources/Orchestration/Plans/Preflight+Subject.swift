// What preflight is asked about: made of a plan, and passed through a call of `plan.preflight`.
import Model

extension Preflight {
    /// As a run of a plan asks.
    init(call: PrimitiveCall) throws {
        self.init(
            services: call.services, sight: FabricSight(call.services.fabric),
            subject: try Subject(call), texts: try call.planTexts())
    }
}

extension RecoveryPlan {
    /// A failover of the plan. A double of a test keeps its network, whatever is overridden.
    func subject(
        _ kind: FailoverKind, _ direction: Direction, act: PlanAct? = nil, reason: String?
    ) -> Preflight.Subject {
        var subject = Preflight.Subject()
        subject.act = act
        subject.vms = vms
        (subject.kind, subject.direction) = (kind, direction)
        subject.origin = direction == .forward ? source : target
        subject.destination = direction == .forward ? target : source
        subject.reverses = reverses
        subject.reason = reason
        subject.dependencies = dependencies
        if direction == .forward {
            let own = members.compactMap { member in
                (kind == .test ? member.overrides?.ofSize : member.overrides)
                    .map { (member.vm, $0) }
            }
            subject.overrides = Dictionary(uniqueKeysWithValues: own)
        }
        subject.rpo = objective.rpo
        subject.assets = assets
        subject.plans = plans
        return subject
    }
}

extension Preflight.Subject {
    /// The options of the call.
    var options: Value {
        var options: [String: Value] = [
            "kind": .text(kind.rawValue), "direction": .text(direction.rawValue),
            "origin": .text(origin),
            "destination": .text(destination), "reverse": .boolean(reverses),
            "dependencies": .object(
                dependencies.mapValues { needed in .list(needed.map { .text($0) }) }),
            "overrides": .object(overrides.mapValues(\.value)),
        ]
        if let act { options.merge(act.value.object ?? [:]) { $1 } }
        if let reason { options["reason"] = .text(reason) }
        if let rpo { options["rpo"] = .text(rpo.text) }
        if !assets.isEmpty { options["assets"] = .list(assets.map { .text($0) }) }
        if plans.contains(where: { !$0.isEmpty }) {
            options["plans"] = .list(plans.map { .list($0.map { .text($0) }) })
        }
        return .object(options)
    }

    fileprivate init(_ call: PrimitiveCall) throws(Failure) {
        func names(_ value: Value?) -> [String] { (value?.list ?? []).compactMap(\.machineName) }
        vms = names(call.arguments["vms"])
        kind = call.option("kind")?.text.flatMap(FailoverKind.init) ?? .planned
        act = PlanAct(call.arguments["options"] ?? .null)
        by = call.by
        direction = call.option("direction")?.text.flatMap(Direction.init) ?? .forward
        origin = call.option("origin")?.text ?? ""
        destination = call.option("destination")?.text ?? ""
        reverses = call.option("reverse")?.boolean ?? true
        reason = call.option("reason")?.text
        dependencies = (call.option("dependencies")?.object ?? [:]).mapValues(names)
        overrides = (call.option("overrides")?.object ?? [:]).mapValues { MachineOverrides($0) }
        rpo = try call.option("rpo")?.text.map { text throws(Failure) in try Duration(text: text) }
        assets = names(call.option("assets"))
        plans = (call.option("plans")?.list ?? []).map(names)
    }
}
