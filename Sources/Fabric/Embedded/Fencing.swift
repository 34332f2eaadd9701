// One production machine of a name runs at a time (F-6). A start is decided under the lock of its
// name, from what every other site says, so that two starts never see each other's past:
//
//     the other site …                       … lets the machine start
//     has no machine of the name             yes
//     is lost: it has no power               yes: nothing runs there
//     is cut off                             no, `epoch_unknown`: it may run there
//     holds it under a higher epoch          no, `epoch_outdated`
//     runs it in production                  no, `runs_elsewhere`
//     holds it otherwise                     yes
//
// A running machine cannot change its role, a lost site's machines are off before the site is
// marked lost, and one that comes back starts nothing. So a start is the only way to a second
// running machine, and it leaves none.
import Model

/// What is known of the machine of the same name at one other site.
enum FencingView: Sendable, Equatable {
    case silent
    case powerless
    case held(VirtualMachine)
}

enum Fencing {
    /// Raises unless `machine` may be powered on as production.
    static func check(
        _ machine: VirtualMachine, others: [(site: String, view: FencingView)]
    ) throws(Failure) {
        for (site, view) in others {
            switch view {
            case .silent: throw unknown(machine, site)
            case .powerless: continue
            case .held(let other): try check(machine, other)
            }
        }
    }

    private static func check(
        _ machine: VirtualMachine, _ other: VirtualMachine
    ) throws(Failure) {
        let context = [
            "vm": machine.id.name, "site": machine.id.site, "other": other.id.site,
            "epoch": "\(machine.epoch)", "other_epoch": "\(other.epoch)",
        ]
        if other.epoch > machine.epoch {
            throw Failure(
                .epochOutdated,
                "\(machine.id) has epoch \(machine.epoch), \(other.id) has \(other.epoch); use it "
                    + "there, or fail it over once more",
                context: context)
        }
        if other.power == .running, other.role == .production {
            throw Failure(
                .runsElsewhere,
                "\(other.id) runs in production; stop it before \(machine.id) starts",
                context: context)
        }
    }

    private static func unknown(_ machine: VirtualMachine, _ site: String) -> Failure {
        Failure(
            .epochUnknown,
            "site '\(site)' holds a machine '\(machine.id.name)' and does not answer, so it may run "
                + "there; mend the connection, or declare the site lost",
            context: ["vm": machine.id.name, "site": machine.id.site, "other": site])
    }
}

extension LabFolder {
    /// What the other sites say of the machine's name; sites that hold none say nothing.
    func fencingViews(of id: MachineID) throws -> [(site: String, view: FencingView)] {
        try siteNames().filter { $0 != id.site }.compactMap { site in
            let other = MachineID(site: site, name: id.name)
            guard let record = try record(ifAny: other) else { return nil }
            switch try partition(of: site) {
            case .cut: return (site, .silent)
            case .lost: return (site, .powerless)
            case nil: return (site, .held(record.machine))
            }
        }
    }
}
