// What must hold between the parts of a plan, whatever the fabric says.
import Glibc
import Model

extension String {
    /// Whether it is an address of IPv4 or IPv6.
    fileprivate var isAddress: Bool {
        var bytes = in6_addr()
        return inet_pton(AF_INET, self, &bytes) == 1 || inet_pton(AF_INET6, self, &bytes) == 1
    }
}

struct RecoveryPlanRules {
    let plan: RecoveryPlan
    let subject: CheckSubject

    func check() throws(Failure) {
        if plan.source == plan.target {
            throw subject.failure("has \"\(plan.source)\" as source and as target")
        }
        if plan.groups.isEmpty { throw subject.failure("has no group") }
        try checkContacts()
        try checkNames()
        try checkShutdownOrder()
        try checkDependencies()
    }

    /// A name that nobody can reach is no contact.
    private func checkContacts() throws(Failure) {
        var names: Set<String> = []
        for contact in plan.contacts {
            let here = CheckSubject(
                "contact \"\(contact.name)\"", code: .cardInvalid, at: contact.position)
            guard names.insert(contact.name).inserted else { throw here.failure("stands twice") }
            if contact.phone == nil, contact.mail == nil {
                throw here.failure("cannot be reached: say phone or mail")
            }
            if let mail = contact.mail, !mail.dropFirst().dropLast().contains("@") {
                throw here.failure("cannot be written to at \"\(mail)\": write NAME@HOST")
            }
        }
    }

    private func checkNames() throws(Failure) {
        var placeOf: [String: String] = [:]
        var (groups, plans): (Set<String>, Set<String>) = ([], [])
        for group in plan.groups {
            let here = CheckSubject(
                "group \"\(group.name)\"", code: .cardInvalid, at: group.position)
            guard groups.insert(group.name).inserted else { throw here.failure("stands twice") }
            if group.name.isEmpty || group.name.contains("/") {
                throw here.failure("needs a name of at least one character, without '/'")
            }
            if ["before", "after"].contains(group.name) {
                throw here.failure("cannot be named so: the steps of the shutdown bear that name")
            }
            if !group.namesVMs, group.plans.isEmpty {
                throw here.failure("has neither vms nor plans")
            }
            for plan in group.plans where !plans.insert(plan).inserted {
                throw here.failure("runs the plan \"\(plan)\" a second time")
            }
            for member in group.members {
                try checkMember(member, here)
                let line = (member.position ?? group.position).map { ", \($0)" } ?? ""
                let place = "\"\(group.name)\" already\(line)"
                if let other = placeOf.updateValue(place, forKey: member.vm) {
                    throw here.failure("names the vm \"\(member.vm)\", which is in \(other)")
                }
            }
        }
    }

    /// A plan moves its vms from site to site, so it names them without one.
    private func checkMember(
        _ member: RecoveryPlan.Member, _ here: CheckSubject
    ) throws(Failure) {
        if member.vm.contains("/") {
            let name = member.vm.split(separator: "/").last ?? ""
            throw here.failure(
                "names the vm \"\(member.vm)\" with its site, which a plan changes; write \"\(name)\""
            )
        }
        do {
            try Name.checked(member.vm, "vm")
        } catch {
            throw here.failure("has a vm that cannot exist: \(error.message)")
        }
        if let overrides = member.overrides { try check(overrides, of: member) }
    }

    private func check(
        _ overrides: MachineOverrides, of member: RecoveryPlan.Member
    ) throws(Failure) {
        let here = CheckSubject(
            "machine \"\(member.vm)\"", code: .cardInvalid, at: member.position)
        if let memory = overrides.memory, memory.bytes == 0 {
            throw here.failure("needs more than no memory")
        }
        if let address = overrides.address, !address.isAddress {
            throw here.failure(
                "cannot have the address \"\(address)\": write IPv4 or IPv6, such as "
                    + "\"10.2.0.11\"")
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
                let way = cycle.map { "\"\($0)\"" }.joined(separator: " needs ")
                throw here.failure("go in a circle: \(way)")
            }
            for name in needed where order[name]! > order[vm]! {
                throw here.failure(
                    "want \"\(name)\" before \"\(vm)\", but the group \"\(plan.groups[order[name]!].name)\""
                        + " comes after \"\(plan.groups[order[vm]!].name)\"")
            }
        }
    }

    /// The vms of a circle in order, the first named again at the end; nil when there is none from
    /// here.
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
