// What a step of a plan would change, in words: which vm, host, network, address and disk; or who
// is asked what. Made from the very calls the run would make, so that none is forgotten.
import Fabric
import Model

struct StepEffects {
    let briefing: PlanBriefing
    let standings: [String: MachineStanding]
    let sites: [Site]
    let reason: String?
    /// How many addresses each network has left.
    let free: [NetworkName: Int]

    func effects(of task: Itinerary.Task) -> [String] {
        switch task.work {
        case .check:
            return ["\(briefing.plan.vms.count) vms are looked at, and held for this run"]
        case .manual(let manual): return asked(manual)
        case .script(_, let manual):
            let line = task.position.map { ", \($0)" } ?? ""
            let script = "a script is run for \(briefing.site(of: task.side))\(line)"
            return [script] + (manual.map(asked) ?? [])
        case .machine(let act, let vm):
            let acts = MachineActs(briefing: briefing, vm: vm, reason: reason)
            if let reason = acts.reasonToLeave(act) { return [reason] }
            if let whole = briefing.act,
                let reason = whole.reasonToLeave(
                    vm, briefing.member(vm), at: briefing.destination)
            {
                return [reason]
            }
            return acts.calls(act).flatMap { words(for: $0, vm, act) } + chained(vm, act)
        case .plan(let name):
            let word = briefing.act?.kind.rawValue ?? briefing.kind.rawValue
            return ["the plan \(name) is run as a run of its own, \(word)"]
        }
    }

    /// What is done about the way of a vm's replication, and about its chain.
    private func chained(_ vm: String, _ act: Itinerary.MachineAct) -> [String] {
        let target = briefing.chain(of: vm)?.target
        let home = briefing.act == nil ? briefing.destination : briefing.origin
        if act == .turnRound {
            return
                (target.map { ["\($0)/\(vm) is kept as it is, and replicated to no more"] } ?? [])
                + ["it is replicated to \(home) then; what differs crosses"]
        }
        if act == .complete { return ["its other points are given up"] }
        guard let target else { return [] }
        switch act {
        case .extendAgain: return ["it is replicated on to \(target) again, what differs crosses"]
        case .failOver where briefing.direction == .forward:
            return ["it is replicated on to \(target), and not back"]
        default: return []
        }
    }

    private func asked(_ manual: ManualTask) -> [String] {
        ["asks \(manual.who): \(manual.title) (\(manual.answers))", manual.silence]
    }

    private func words(
        for call: MachineActs.Call, _ vm: String, _ act: Itinerary.MachineAct
    ) -> [String] {
        let (here, there) = ("\(briefing.origin)/\(vm)", "\(briefing.destination)/\(vm)")
        let standing = standings[vm]
        switch call.name {
        case "fabric.stop" where act == .changePoint: return ["\(there) is shut down"]
        case "fabric.stop":
            return ["\(here)\(host(standing?.production)) is shut down"]
        case "replication.prepare":
            return ["the last changes of \(disks(standing)) cross to \(briefing.destination)"]
        case "replication.failover" where act == .changePoint:
            let point = briefing.act?.points[vm].map { " \($0)" } ?? ""
            return ["\(there) is brought to point\(point), with \(disks(standing))"]
        case "replication.failover":
            let place = host(standing?.replica)
            return ["\(there)\(place) becomes production, with \(disks(standing))"]
                + (standing?.cards(at: sites, free) ?? [])
        case "replication.test_failover":
            return ["\(there)-test is made beside it, with doubles of \(disks(standing))"]
        case "replication.reverse":
            return ["it is replicated from \(briefing.destination) to \(briefing.origin) then"]
        case "replication.clean_up": return ["\(there)-test and its disks are taken away"]
        case "fabric.override":
            return ["it has \(call.arguments.last.map { MachineOverrides($0).words } ?? "") there"]
        case "fabric.restore": return ["its overrides are taken back"]
        case "fabric.start":
            return ["\(there)\(act == .testFailOver ? "-test" : "") is powered on"]
        default: return [call.name]
        }
    }

    private func host(_ machine: VirtualMachine?) -> String {
        machine.map { " on \($0.host)" } ?? ""
    }

    private func disks(_ standing: MachineStanding?) -> String {
        let disks = standing?.production.disks.filter { $0.kind == .image } ?? []
        if disks.isEmpty { return "no disk" }
        return disks.map { "\($0.name) (\($0.size))" }.joined(separator: ", ")
    }
}
