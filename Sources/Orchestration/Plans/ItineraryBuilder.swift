// Builds the stages of an itinerary: preflight, before, the shutdown in its order, the groups in
// theirs, after, and for a test the clean-up. Stages without a task are left out by the itinerary.
import Model

struct ItineraryBuilder {
    let plan: RecoveryPlan
    let kind: FailoverKind
    let direction: Direction

    /// The engine's own look at all vms.
    static let check = "preflight/vms"

    func stages() throws(Failure) -> [Itinerary.Stage] {
        var stages = [
            try preflight(),
            stage("before", "Before anything is shut down", try chain(plan.before, "before")),
        ]
        if kind == .planned || kind == .failback { stages += try shutdown() }
        for group in plan.groups { stages.append(try start(group)) }
        stages.append(stage("after", "After the last group", try chain(plan.after, "after")))
        if kind == .test { stages.append(cleanUp()) }
        return stages
    }

    /// Whether what comes after cannot be done for a vm without that task: it has to be off, or its
    /// replication to run home, before it can be failed over as planned.
    static func isIndispensable(_ task: String) -> Bool {
        let parts = task.split(separator: "/")
        return switch parts.first {
        case "shutdown": !["before", "after"].contains(parts[1])
        case "turn-round": true
        default: false
        }
    }

    private func stage(
        _ id: String, _ title: String, _ tasks: [Itinerary.Task], always: Bool = false
    ) -> Itinerary.Stage {
        Itinerary.Stage(id: id, title: title, tasks: tasks, runsAlways: always)
    }

    private func preflight() throws(Failure) -> Itinerary.Stage {
        let check = Itinerary.Task(
            id: Self.check, title: "every vm can be failed over", work: .check)
        let steps = try chain(plan.preflight, "preflight")
        return Itinerary.Stage(
            id: "preflight", title: "Preflight", tasks: [check] + steps, collectsFailures: true)
    }

    private func shutdown() throws(Failure) -> [Itinerary.Stage] {
        let groups = plan.shutdown.order.compactMap { name in
            plan.groups.first { $0.name == name }
        }
        let middle = groups.map { group in
            let root = "shutdown/\(group.name)"
            let tasks = group.members.map { member in
                let users = group.members.filter { needs(member, of: $0) }
                return machine(
                    .shutDown, member.vm, "\(root)/\(member.vm)",
                    needs: users.map { "\(root)/\($0.vm)" })
            }
            return stage(root, "Shut down: \(group.name)", tasks)
        }
        let before = try chain(plan.shutdown.before, "shutdown/before")
        let after = try chain(plan.shutdown.after, "shutdown/after")
        return [stage("shutdown/before", "Before the shutdown", before)] + middle
            + [stage("shutdown/after", "After the shutdown", after)]
    }

    /// What is needed stays up until those that need it are down.
    private func needs(_ member: RecoveryPlan.Member, of user: RecoveryPlan.Member) -> Bool {
        plan.dependencies[user.vm]?.contains(member.vm) ?? false
    }

    private func start(_ group: RecoveryPlan.Group) throws(Failure) -> Itinerary.Stage {
        let root = "groups/\(group.name)"
        var tasks = try chain(group.before, "\(root)/before")
        let opening = tasks.last.map { [$0.id] } ?? []
        for member in group.members {
            tasks += try memberTasks(member, in: group, root: root, opening: opening)
        }
        let children = group.plans.map { name in
            Itinerary.Task(
                id: "\(root)/plans/\(name)", title: "run the plan \(name)", work: .plan(name),
                needs: opening, policy: StepPolicy(ofMachine: plan.profile, kind: kind))
        }
        tasks += children
        let closing = group.members.map { lastTask(of: $0, root: root) } + children.map(\.id)
        tasks += try chain(
            group.after, "\(root)/after", needs: closing.isEmpty ? opening : closing)
        return stage(root, "Group: \(group.name)", tasks)
    }

    private func memberTasks(
        _ member: RecoveryPlan.Member, in group: RecoveryPlan.Group, root: String,
        opening: [String]
    ) throws(Failure) -> [Itinerary.Task] {
        let path = "\(root)/vms/\(member.vm)"
        let needed = (plan.dependencies[member.vm] ?? []).compactMap { name in
            group.members.first { $0.vm == name }.map { lastTask(of: $0, root: root) }
        }
        let before = try chain(member.before, "\(path)/before", needs: opening + needed)
        var act = machine(
            kind == .test ? .testFailOver : .failOver, member.vm, path,
            needs: before.last.map { [$0.id] } ?? opening + needed)
        act.overrides = overrides(of: member)
        return before + [act] + (try chain(member.after, "\(path)/after", needs: [path]))
    }

    /// What the vm has otherwise where this run brings it.
    private func overrides(of member: RecoveryPlan.Member) -> MachineOverrides? {
        guard direction == .forward else { return nil }
        return kind == .test ? member.overrides?.ofSize : member.overrides
    }

    private func lastTask(of member: RecoveryPlan.Member, root: String) -> String {
        let path = "\(root)/vms/\(member.vm)"
        let last = member.after.indices.last { member.after[$0].runs(for: kind, direction) }
        return last.map { "\(path)/after/\($0 + 1)" } ?? path
    }

    private func cleanUp() -> Itinerary.Stage {
        let tasks = plan.vms.map { machine(.cleanUp, $0, "clean-up/\($0)", needs: []) }
        return stage("clean-up", "Clean up", tasks, always: true)
    }

    private func machine(
        _ act: Itinerary.MachineAct, _ vm: String, _ id: String, needs: [String]
    ) -> Itinerary.Task {
        Itinerary.Task(
            id: id, title: "\(act.rawValue) \(vm)", work: .machine(act, vm: vm), needs: needs,
            policy: StepPolicy(ofMachine: plan.profile, kind: kind))
    }

    /// Steps one after the other; those of other kinds and directions are left out.
    private func chain(
        _ steps: [RecoveryPlan.Step], _ root: String, needs: [String] = []
    ) throws(Failure) -> [Itinerary.Task] {
        var previous = needs
        var tasks: [Itinerary.Task] = []
        for (index, step) in steps.enumerated() where step.runs(for: kind, direction) {
            let id = "\(root)/\(index + 1)"
            let work: Itinerary.Task.Work =
                switch step.work {
                case .script(let path, let task): .script(path, then: task)
                case .manual(let task): .manual(task)
                }
            tasks.append(
                Itinerary.Task(
                    id: id, title: step.name, work: work, needs: previous,
                    policy: try StepPolicy(card: step.card, kind: kind, profile: plan.profile),
                    side: step.side,
                    position: step.position, undo: step.undo))
            previous = [id]
        }
        return tasks
    }
}
