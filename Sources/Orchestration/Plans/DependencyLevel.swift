// Whether what others need is protected as well as they are (P-14): sent at least as often, with at
// least as many points, to the same site. Else a failover would bring them where, or to when, what
// they need is not.
import Model

package struct DependencyLevel {
    let vm: String
    let protection: Protection
    /// The site where the vm is in production or will be, once the plan was run.
    let destination: String

    package init(vm: String, protection: Protection, destination: String) {
        self.vm = vm
        self.protection = protection
        self.destination = destination
    }

    /// What `needed` lacks, as sentences.
    package func faults(of needed: DependencyLevel) -> [String] {
        let (ours, theirs) = (protection, needed.protection)
        var faults: [String] = []
        if theirs.interval.duration > ours.interval.duration {
            faults.append(
                fault(
                    needed, "is replicated every \(theirs.interval.rawValue)",
                    "every \(ours.interval.rawValue)"))
        }
        if theirs.pointsKept < ours.pointsKept {
            faults.append(
                fault(
                    needed, "keeps \(theirs.pointsKept) of its recovery points",
                    "\(ours.pointsKept)"))
        }
        if needed.site != site {
            faults.append(fault(needed, "is replicated to \(needed.site)", "to \(site)"))
        }
        return faults
    }

    private func fault(_ needed: DependencyLevel, _ theirs: String, _ ours: String) -> String {
        "\(needed.vm) \(theirs), but \(vm), which needs it, \(ours)"
    }

    private var site: String {
        protection.production.site == destination ? destination : protection.replica.site
    }
}
