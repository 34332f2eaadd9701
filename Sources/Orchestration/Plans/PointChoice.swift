// To which points the vms of a plan are brought when the point is changed after a failover: by a
// rule, by name, or both. Pure. The vms of a consistency group keep a point that all of them have,
// else what they know of each other would be of two instants.
import Model
import Replication

package struct PointChoice: Sendable, Hashable {
    package enum Rule: Sendable, Hashable {
        case latest
        /// The newest at which the applications were at rest.
        case appConsistent
        /// The newest that was cut at that instant or before.
        case notAfter(Timestamp)
    }

    /// For the vms that are not named; nil leaves them at the point where they are.
    let rule: Rule?
    /// The sequence of a vm's point.
    let named: [String: Int]

    package init(_ rule: Rule?, named: [String: Int] = [:]) {
        self.rule = rule
        self.named = named
    }

    /// A vm that is brought to another point.
    package struct Change: Sendable, Hashable {
        package let protection: Protection
        package let point: RecoveryPoint
    }

    /// The changes among these vms, in their order. Raises `plan.preflight_failed`, which names
    /// every vm for which no point can be chosen, and why.
    package func changes(of protections: [Protection]) throws(Failure) -> [Change] {
        let open = protections.filter { $0.state == .failedOverWaitingCompletion }
        var (faults, chosen) = (strangers(to: open, in: protections), [String: RecoveryPoint]())
        var seen: Set<String> = []
        for protection in open where seen.insert(protection.vm).inserted {
            var members = [protection]
            if let group = protection.group { members = open.filter { $0.group == group } }
            seen.formUnion(members.map(\.vm))
            do {
                for (vm, point) in try points(of: members) { chosen[vm] = point }
            } catch {
                faults.append(error.message)
            }
        }
        guard faults.isEmpty else {
            throw Failure(
                .preflightFailed, "nothing was touched: \(faults.joined(separator: "; "))",
                context: ["faults": String(faults.count)])
        }
        return open.compactMap { protection in
            guard let point = chosen[protection.vm], point.sequence != protection.failover?.point
            else { return nil }
            return Change(protection: protection, point: point)
        }
    }

    private func strangers(to open: [Protection], in all: [Protection]) -> [String] {
        named.keys.sorted().filter { vm in !open.contains { $0.vm == vm } }.map { vm in
            guard let found = all.first(where: { $0.vm == vm }) else {
                return "\(vm) is no protected vm of the plan"
                    + Spelling.hint(for: vm, among: all.map(\.vm))
            }
            return "\(vm) is \(found.state.rawValue): a point can be changed after a failover, "
                + "until it is completed"
        }
    }

    /// The point of a vm, or of each of a consistency group; empty where they stay.
    private func points(of members: [Protection]) throws(Failure) -> [String: RecoveryPoint] {
        guard let first = members.first else { return [:] }
        guard let group = first.group else {
            return try point(of: first).map { [first.vm: $0] } ?? [:]
        }
        let common = members.commonPoints
        let wanted = members.compactMap { member in named[member.vm].map { (member.vm, $0) } }
        for (vm, sequence) in wanted where !common.contains(sequence, of: vm) {
            throw refusal(
                "point \(sequence) of \(vm) is not common to the consistency group \(group) "
                    + "(\(members.map(\.vm).joined(separator: ", ")))")
        }
        if let (vm, sequence) = wanted.first {
            let point = common.last { $0.points[vm]?.sequence == sequence }
            let all = point?.points ?? [:]
            if wanted.allSatisfy({ all[$0.0]?.sequence == $0.1 }) { return all }
            throw refusal(
                "the points that are named in the consistency group \(group) are of several "
                    + "instants")
        }
        guard let rule else { return [:] }
        guard let found = common.last(where: { rule.holds($0.instant.kind, $0.instant.cutAt) })
        else { throw refusal("the consistency group \(group) has no common point \(rule.words)") }
        return found.points
    }

    private func point(of protection: Protection) throws(Failure) -> RecoveryPoint? {
        let (vm, points) = (protection.vm, protection.points)
        if let sequence = named[vm] {
            if let found = points.first(where: { $0.sequence == sequence }) { return found }
            let kept = points.map { "\($0.sequence)" }.joined(separator: ", ")
            throw refusal("\(vm) has no recovery point \(sequence); kept are \(kept)")
        }
        guard let rule else { return nil }
        if let found = points.last(where: { rule.holds($0.kind, $0.cutAt) }) { return found }
        let oldest = points.first.map { "; its oldest is of \($0.cutAt)" } ?? ""
        throw refusal("\(vm) has no recovery point \(rule.words)\(oldest)")
    }

    private func refusal(_ text: String) -> Failure { Failure(.preflightFailed, text) }
}

extension PointChoice.Rule {
    fileprivate func holds(_ kind: RecoveryPoint.Kind, _ cutAt: Timestamp) -> Bool {
        switch self {
        case .latest: true
        case .appConsistent: kind == .appConsistent
        case .notAfter(let instant): cutAt <= instant
        }
    }

    /// How it reads after "no recovery point".
    fileprivate var words: String {
        switch self {
        case .latest: "at all"
        case .appConsistent: "that is application-consistent"
        case .notAfter(let instant): "of \(instant) or before"
        }
    }
}

extension [CommonPoint] {
    fileprivate func contains(_ sequence: Int, of vm: String) -> Bool {
        contains { $0.points[vm]?.sequence == sequence }
    }
}

extension [PointChoice.Change] {
    /// The act that brings them about.
    package var act: PlanAct {
        let points = map { ($0.protection.vm, $0.point.sequence) }
        return PlanAct(.changePoint, points: Dictionary(points) { first, _ in first })
    }
}
