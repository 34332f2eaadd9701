// The way home of a plan's vms: where replication still runs away from home, or rests after a
// failover, it is turned round while the vms run on, before anything is shut down; and a chain that
// was broken for it is made again at the end (F-8, P-13).
import Model

/// What makes the replication of a vm run homewards, one act after the other, by what stands.
struct WayHome {
    let vm: String

    /// A chain is broken, its end kept as it is; the failover is committed, the direction turned,
    /// and what differs compared. nil when replication runs.
    func turn(from standing: Value?) -> MachineActs.Call? {
        if standing?.chainState != nil {
            return ("replication.remove", [.text(Protection.key(of: vm, .extended))])
        }
        if let commit = commit(from: standing) { return commit }
        let name = Value.text(vm)
        switch standing?.protectionState {
        case .failedOver: return ("replication.reverse", [name])
        case .suspended, .resyncSuspended: return ("replication.resume", [name])
        case .waitingForResync, .resyncing: return ("replication.resync", [name])
        default: return nil
        }
    }

    /// The failover is committed where another point could still be chosen; nil where none can.
    func commit(from standing: Value?) -> MachineActs.Call? {
        standing?.protectionState == .failedOverWaitingCompletion
            ? ("replication.complete", [.text(vm)]) : nil
    }
}

extension Value {
    /// The state of a vm's protection as `plan.freeze` shows it.
    var protectionState: ProtectionState? { self["state"]?.text.flatMap(ProtectionState.init) }

    /// The same of the chain behind it; nil when there is none.
    var chainState: ProtectionState? { self["chain"]?.protectionState }
}

extension Itinerary {
    /// The same with the way home of these vms before anything is shut down, and after everything
    /// else the chains of those.
    func homewards(turning: [String], chained: [String]) -> Itinerary {
        var stages = stages
        let start =
            stages.firstIndex { $0.id.hasPrefix("shutdown/") || $0.id.hasPrefix("groups/") }
            ?? stages.endIndex
        if !turning.isEmpty {
            stages.insert(
                Stage("turn-round", "Replication runs home", .turnRound, turning), at: start)
        }
        if !chained.isEmpty {
            stages.append(Stage("chains", "Chains are made again", .extendAgain, chained))
        }
        return Itinerary(stages: stages)
    }
}
