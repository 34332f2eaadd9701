// What must hold between the parts of a plan, whatever the fabric says.
import Model

struct RecoveryPlanRules {
    let plan: RecoveryPlan
    let subject: CheckSubject

    func check() throws(Failure) {
        if plan.source == plan.target {
            throw subject.failure("has \"\(plan.source)\" as source and as target")
        }
        if plan.groups.isEmpty { throw subject.failure("has no group") }
        try checkNames()
        try checkShutdownOrder()
        try checkDependencies()
    }

    private func checkNames() throws(Failure) {
        var groupOf: [String: String] = [:]
        var groups: Set<String> = []
        for group in plan.groups {
            let here = CheckSubject(
                "group \"\(group.name)\"", code: .cardInvalid, at: group.position)
            guard groups.insert(group.name).inserted else { throw here.failure("stands twice") }
            if group.name.contains("/") { throw here.failure("must not have '/' in its name") }
            for member in group.members {
                if let other = groupOf.updateValue(group.name, forKey: member.vm) {
                    throw here.failure(
                        "names the vm \"\(member.vm)\", which is in \"\(other)\" already")
                }
            }
        }
    }

    private func checkShutdownOrder() throws(Failure) {
        let names = plan.groups.map(\.name)
        let shutdown = CheckSubject("plan.shutdown", code: .cardInvalid, at: subject.position)
        for name in plan.shutdown.order where !names.contains(name) {
            throw shutdown.failure(
                "names the unknown group \"\(name)\"\(Spelling.hint(for: name, among: names))")
        }
        if let name = names.first(where: { !plan.shutdown.order.contains($0) }) {
            throw shutdown.failure("leaves out the group \"\(name)\"")
        }
        if Set(plan.shutdown.order).count < plan.shutdown.order.count {
            throw shutdown.failure("names a group twice")
        }
    }

    private func checkDependencies() throws(Failure) {
        let order = Dictionary(
            uniqueKeysWithValues: plan.groups.enumerated().flatMap { index, group in
                group.members.map { ($0.vm, index) }
            })
        let here = CheckSubject("plan.dependencies", code: .cardInvalid, at: subject.position)
        for (vm, needed) in plan.dependencies.sorted(by: { $0.key < $1.key }) {
            for name in [vm] + needed where order[name] == nil {
                throw here.failure(
                    "names \"\(name)\", which is in no group"
                        + Spelling.hint(for: name, among: order.keys))
            }
            if let cycle = circle(from: vm) {
                throw here.failure("go in a circle: \(cycle.joined(separator: " → "))")
            }
            for name in needed where order[name]! > order[vm]! {
                throw here.failure(
                    "want \"\(name)\" before \"\(vm)\", but the group \"\(plan.groups[order[name]!].name)\""
                        + " comes after \"\(plan.groups[order[vm]!].name)\"")
            }
        }
    }

    /// The vms of a circle in order, the first named again at the end; nil when there is none from here.
    private func circle(from start: String) -> [String]? {
        var path: [String] = []
        var cleared: Set<String> = []
        func visit(_ vm: String) -> [String]? {
            if let seen = path.firstIndex(of: vm) { return Array(path[seen...]) + [vm] }
            guard !cleared.contains(vm) else { return nil }
            path.append(vm)
            defer {
                path.removeLast()
                cleared.insert(vm)
            }
            for needed in plan.dependencies[vm] ?? [] {
                if let found = visit(needed) { return found }
            }
            return nil
        }
        return visit(start)
    }
}
