// A vm of a plan that is replicated on from the target to a third site (P-13, F-8). After a
// failover its production machine stands in the middle of the chain and is replicated on to the
// end; the way home begins with breaking the chain behind it, and ends with making it again on what
// the end has kept. What it was is frozen when the run begins, for half way nobody else knows it.
import Fabric
import Model
import Replication

extension Services {
    /// How the vm's replica is replicated on; nil when it is not.
    func chain(of vm: String) async throws -> Value? {
        let key = Protection.key(of: vm, .extended)
        guard let extended = try await replication.protection(of: key) else { return nil }
        var fields: [String: Value] = [
            "target": .text(extended.replica.site), "interval": .text(extended.interval.rawValue),
            "points": .integer(Int64(extended.pointsKept)), "state": .text(extended.state.rawValue),
        ]
        if let seconds = extended.terms.rpoSeconds {
            fields["rpo"] = .text(Duration.seconds(seconds).text)
        }
        do {
            fields["host"] = .text(try await fabric.machine(extended.replica).host)
        } catch let failure as Failure where failure.code == .siteUnreachable {
            return .object(fields)
        }
        return .object(fields)
    }
}

/// What has to be done about the chain of a vm, one act after the other, by what stands.
struct ChainMember {
    let vm: String
    /// As it was when the run began.
    let frozen: Value

    /// The third site.
    var target: String { frozen["target"]?.text ?? "" }

    private var key: Value { .text(Protection.key(of: vm, .extended)) }

    /// nil for a vm that is in no chain.
    init?(_ vm: String, _ member: Value?) {
        guard let chain = member?["chain"], chain != .null else { return nil }
        self.vm = vm
        frozen = chain
    }

    /// Makes the chain again, on the disks that its end has kept. nil when it is made.
    func extend(from standing: Value?) -> MachineActs.Call? {
        switch standing?.chainState {
        case nil:
            let terms = (frozen.object ?? [:]).filter { $0.key != "state" }
            return ("replication.extend", [.text(vm), .object(terms)])
        case .readyForInitialReplication, .initialReplication:
            return ("replication.first_copy", [key])
        default: return nil
        }
    }

    /// After a failover replication goes on towards the end, unless somebody had suspended it
    /// before. nil when nothing keeps it back.
    func resume(from standing: Value?) -> MachineActs.Call? {
        let isResting = { (state: ProtectionState?) in
            state == .suspended || state == .resyncSuspended
        }
        if isResting(frozen.protectionState) || !isResting(standing?.chainState) { return nil }
        return ("replication.resume", [key])
    }
}
