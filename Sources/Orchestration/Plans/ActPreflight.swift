// The part of preflight that looks at an act on what was failed over: whether it could be done with
// each vm that has something to do, before anything is done with any. What is not at the site that
// took over, or is done already, is left as it is and no fault.
import Model
import Replication

struct ActPreflight {
    let preflight: Preflight
    let act: PlanAct

    private var services: Services { preflight.services }
    private var subject: Preflight.Subject { preflight.subject }

    func look(_ outcome: inout Preflight.Outcome) async throws {
        let origin = subject.origin
        if act.kind == .reverse, try await preflight.sight.machines(at: origin) == nil {
            let fault = "the site \(origin) does not answer, so nothing can be replicated to it"
            outcome.found(.sites, [fault])
        }
        for vm in subject.vms { outcome.found(.protection, try await faults(of: vm)) }
    }

    private func faults(of vm: String) async throws -> [String] {
        guard let protection = try await services.replication.protection(of: vm) else {
            return ["\(vm) is not protected"]
        }
        if protection.state.isHeldOff {
            return [
                "\(vm) is \(protection.state.rawValue): go on with the run that has begun its "
                    + "failover, or undo it"
            ]
        }
        let standing: Value = ["state": .text(protection.state.rawValue)]
        guard protection.production.site == subject.destination else { return [] }
        do {
            switch act.kind {
            case .complete: return []
            case .changePoint:
                guard let point = act.points[vm] else { return [] }
                try await services.replication.checkPointChange(of: protection, to: point)
                return []
            case .reverse:
                guard WayHome(vm: vm).turn(from: standing) != nil else { return [] }
                return try await reversalFaults(of: protection)
            }
        } catch let failure as Failure where failure.isOutcome {
            return [failure.message]
        }
    }

    /// What turning round would come to half way: a right that is missing, a site that takes no
    /// replicas, a key that is not at hand, a chain behind it that only a failback makes again.
    private func reversalFaults(of protection: Protection) async throws -> [String] {
        let (vm, replication) = (protection.vm, services.replication)
        let key = Protection.key(of: vm, .extended)
        if let chain = try await replication.protection(of: key) {
            return [
                "\(vm) is replicated on to \(chain.replica.site): a failback of the plan breaks "
                    + "that chain and makes it again; reversed alone it would be lost"
            ]
        }
        var faults: [String] = []
        func note(_ check: () throws -> Void) throws {
            do { try check() } catch let failure as Failure where failure.isOutcome {
                faults.append("\(vm): \(failure.message)")
            }
        }
        if protection.state == .failedOverWaitingCompletion, let by = subject.by {
            try note { try services.rights.require([.complete], of: by) }
        }
        try note { try replication.checkKey(of: protection) }
        if protection.state.isFailedOver {
            try note { try replication.checkReversal(of: protection) }
        }
        return faults
    }
}
