// What the engine itself does with a vm. Where an earlier attempt, or a run before this one, may
// have done a part of it, the vm is looked at first and only the rest is done.
import Model

extension PlanTaskExecution {
    func operate(
        _ act: Itinerary.MachineAct, _ vm: String, attempt number: Int,
        _ journal: inout BranchJournal
    ) async throws -> Attempt {
        let way = WayHome(vm: vm)
        if let whole = briefing.act,
            let reason = whole.reasonToLeave(vm, briefing.member(vm), at: briefing.destination)
        {
            return .skipped(reason)
        }
        if act == .turnRound { return try await goOn(with: vm, &journal, way.turn) }
        if act == .complete { return try await goOn(with: vm, &journal, way.commit) }
        if let chain = briefing.chain(of: vm) {
            switch act {
            case .extendAgain: return try await goOn(with: vm, &journal, chain.extend)
            case .failOver, .changePoint:
                if briefing.direction == .back { break }
                let moved = try await perform(act, vm, attempt: number, &journal)
                guard case .done = moved else { return moved }
                return try await goOn(with: vm, &journal, chain.resume)
            default: break
            }
        }
        return try await perform(act, vm, attempt: number, &journal)
    }

    /// One act after the other, each chosen by what stands then, until there is none left to do.
    private func goOn(
        with vm: String, _ journal: inout BranchJournal,
        _ next: (Value?) -> MachineActs.Call?
    ) async throws -> Attempt {
        while true {
            let standing: Value?
            switch try await journal.call("plan.freeze", .list([.text(vm)])) {
            case .value(let json): standing = try Value(json: json).list?.first
            case let other: return attempt(of: other)
            }
            guard let (name, arguments) = next(standing) else { return .done }
            let outcome = try await journal.call(name, arguments: arguments)
            guard case .value = outcome else { return attempt(of: outcome) }
        }
    }

    private func perform(
        _ act: Itinerary.MachineAct, _ vm: String, attempt number: Int,
        _ journal: inout BranchJournal
    ) async throws -> Attempt {
        var acts = MachineActs(briefing: briefing, vm: vm, reason: context.run.reason)
        if let reason = acts.reasonToLeave(act) { return .skipped(reason) }
        if number > 1 || briefing.past != nil || acts.wasHeldOff {
            switch try await journal.call("plan.freeze", .list([.text(vm)])) {
            case .value(let json): acts.standing = try Value(json: json).list?.first
            case let other: return attempt(of: other)
            }
        }
        if let reason = acts.reasonToSkip(act) { return .skipped(reason) }
        for (name, arguments) in acts.calls(act) {
            let outcome = try await journal.call(name, arguments: arguments)
            guard case .value = outcome else { return attempt(of: outcome) }
        }
        return .done
    }
}

/// The calls that an act on a vm comes to.
struct MachineActs {
    typealias Call = (name: String, arguments: [Value])

    let briefing: PlanBriefing
    let vm: String
    let reason: String?
    private let overrides: MachineOverrides?
    /// How the vm stands when a part of the act may be done already; nil when none can be.
    var standing: Value?

    init(briefing: PlanBriefing, vm: String, reason: String?) {
        self.briefing = briefing
        self.vm = vm
        self.reason = reason
        overrides = briefing.overrides(of: vm)
    }

    private var name: Value { .text(vm) }
    private var here: Value { .text("\(briefing.origin)/\(vm)") }
    private var there: Value { .text("\(briefing.destination)/\(vm)") }
    private var state: ProtectionState? { standing?.protectionState }

    /// Whether a run before this one has left the vm half way.
    var wasHeldOff: Bool { briefing.member(vm)?.protectionState?.isHeldOff ?? false }
    private var isFailedOver: Bool { standing?["site"]?.text == briefing.destination }

    /// What an earlier run failed over already stays as it is (P-7).
    func reasonToLeave(_ act: Itinerary.MachineAct) -> String? {
        briefing.isThere(vm) && (act == .shutDown || act == .failOver)
            ? "\(vm) is at \(briefing.destination) already" : nil
    }

    func reasonToSkip(_ act: Itinerary.MachineAct) -> String? {
        switch act {
        case .shutDown where isFailedOver: "\(vm) is at \(briefing.destination) already"
        case .startAgain where isFailedOver:
            "\(vm) is at \(briefing.destination); the plan brings it home (failback)"
        case .startAgain where briefing.member(vm)?["power"]?.text != "running":
            "\(vm) was off when the run began"
        default: nil
        }
    }

    func calls(_ act: Itinerary.MachineAct) -> [Call] {
        switch act {
        case .shutDown:
            state?.isHeldOff == true
                ? [] : [("fabric.stop", [name]), ("replication.prepare", [name])]
        case .startAgain:
            (state == .preparedForFailover ? [("replication.cancel_preparation", [name])] : [])
                + [("fabric.start", [here])]
        case .testFailOver: testFailOver
        case .cleanUp: [("replication.clean_up", [name])]
        case .turnRound, .complete, .extendAgain: []
        case .failOver: failOver
        case .changePoint: changePoint
        }
    }

    private var testFailOver: [Call] {
        let double = Value.text("\(briefing.destination)/\(vm)-test")
        var calls: [Call] = [("replication.test_failover", [name])]
        // A double stays on its isolated network, with no address of the production's.
        if briefing.direction == .forward, let size = overrides?.ofSize {
            calls.append(("fabric.override", [double, size.value]))
        }
        return calls + [("fabric.start", [double])]
    }

    private func failOver(_ kind: FailoverKind, to point: Int? = nil) -> Call {
        var options: [String: Value] = ["kind": .text(kind.rawValue)]
        if let reason { options["reason"] = .text(reason) }
        if let point { options["point"] = .integer(Int64(point)) }
        return ("replication.failover", [name, .object(options)])
    }

    /// Off, so that nothing is written on the way to the other point.
    private var changePoint: [Call] {
        var calls: [Call] = [
            ("fabric.stop", [there]), failOver(.unplanned, to: briefing.act?.points[vm]),
        ]
        if briefing.direction == .forward, let overrides {
            calls.append(("fabric.override", [there, overrides.value]))
        }
        if briefing.plan.starts { calls.append(("fabric.start", [there])) }
        return calls
    }

    private var failOver: [Call] {
        var calls: [Call] = isFailedOver ? [] : [failOver(briefing.kind)]
        if briefing.direction == .forward, let overrides {
            calls.append(("fabric.override", [there, overrides.value]))
        }
        let isReversed = isFailedOver && state?.isFailedOver == false
        // Away from home the middle of a chain is replicated on, and not back (F-8).
        let isMiddle = briefing.direction == .forward && briefing.chain(of: vm) != nil
        if briefing.kind != .unplanned, briefing.plan.reverses, !isReversed, !isMiddle {
            calls.append(("replication.reverse", [name]))
        }
        if briefing.direction == .back, briefing.kind != .unplanned, overrides != nil {
            calls.append(("fabric.restore", [here]))
        }
        if briefing.plan.starts { calls.append(("fabric.start", [there])) }
        return calls
    }
}
