// The itinerary of an act on what was failed over: preflight, then the vms, without the author's
// steps; and why a vm is left as it is.
import Model

extension Itinerary {
    /// Of a run of a plan, whatever it is.
    init(
        plan: RecoveryPlan, act: PlanAct?, kind: FailoverKind?, direction: Direction
    ) throws(Failure) {
        guard let act else {
            try self.init(plan: plan, kind: kind ?? .planned, direction: direction)
            return
        }
        let check = Task(id: ItineraryBuilder.check, title: act.kind.check, work: .check)
        let preflight = Stage(
            id: "preflight", title: "Preflight", tasks: [check], collectsFailures: true)
        let stages = [preflight] + act.kind.stages(of: plan)
        self.init(stages: stages.filter { !$0.tasks.isEmpty })
    }
}

extension Itinerary.Stage {
    /// One act of the engine on each of these vms, all at once but for those that need another, and
    /// plans beside them.
    init(
        _ id: String, _ title: String, _ act: Itinerary.MachineAct, _ vms: [String],
        plans: [String] = [], dependencies: [String: [String]] = [:]
    ) {
        let machines = vms.map { vm in
            Itinerary.Task(
                id: "\(id)/\(vm)", title: "\(act.rawValue) \(vm)", work: .machine(act, vm: vm),
                needs: dependencies[vm, default: []].filter(vms.contains).map { "\(id)/\($0)" })
        }
        let children = plans.map { name in
            Itinerary.Task(
                id: "\(id)/plans/\(name)", title: "run the plan \(name)", work: .plan(name))
        }
        self.init(id: id, title: title, tasks: machines + children)
    }
}

extension PlanAct.Kind {
    fileprivate var check: String {
        switch self {
        case .complete: "every failover can be completed"
        case .changePoint: "every vm can be brought to the point that is chosen"
        case .reverse: "every vm can be replicated back"
        }
    }

    /// Vms that are brought to another point are off for it and started again, in the plan's order;
    /// the others serve on, so they need no order.
    fileprivate func stages(of plan: RecoveryPlan) -> [Itinerary.Stage] {
        let children = plan.plans.flatMap(\.self)
        switch self {
        case .complete:
            return [
                Itinerary.Stage(
                    "complete", "Failovers are completed", .complete, plan.vms, plans: children)
            ]
        case .reverse:
            return [
                Itinerary.Stage(
                    "turn-round", "Replication is turned round", .turnRound, plan.vms,
                    plans: children)
            ]
        case .changePoint:
            return plan.groups.map { group in
                Itinerary.Stage(
                    "change-point/\(group.name)", "Another point: \(group.name)", .changePoint,
                    group.members.map(\.vm), plans: group.plans,
                    dependencies: plan.dependencies)
            }
        }
    }
}

// MARK: What is left as it is

extension PlanAct {
    /// Why a vm as it stood at the start is left as it is, at the site that took over; nil when
    /// there is something to do.
    func reasonToLeave(_ vm: String, _ member: Value?, at site: String) -> String? {
        guard member?["site"]?.text == site else { return "\(vm) is not at \(site)" }
        let way = WayHome(vm: vm)
        switch kind {
        case .complete where way.commit(from: member) == nil:
            return "\(vm) has nothing to complete: it is \(state(of: member))"
        case .changePoint where points[vm] == nil:
            return "no other point was chosen for \(vm)"
        case .reverse where way.turn(from: member) == nil:
            return "\(vm) is turned round already: it is \(state(of: member))"
        default: return nil
        }
    }

    private func state(of member: Value?) -> String {
        member?.protectionState?.rawValue ?? "not protected"
    }
}
