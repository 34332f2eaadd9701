// Whether the latest recovery point of a vm is as new as was promised (P-11): no older than the
// plan's objective, or the protection's own, and in any case than two intervals, of which one may
// be under way.
import Model

package struct PointAge {
    let protection: Protection
    /// The plan's objective.
    let rpo: Duration?
    let now: Timestamp

    package init(of protection: Protection, rpo: Duration?, now: Timestamp) {
        self.protection = protection
        self.rpo = rpo
        self.now = now
    }

    package var faults: [String] {
        let (vm, interval) = (protection.vm, protection.interval)
        if let rpo, interval.duration > rpo {
            return [
                "\(vm) is replicated every \(interval.rawValue), and the plan promises to lose "
                    + "\(rpo.text) at most"
            ]
        }
        guard let cutAt = protection.points.last?.cutAt, now - cutAt > allowed else { return [] }
        return [
            "the latest point of \(vm) is \((now - cutAt).readable) old, and \(allowed.text) is "
                + "what \(promise) allows"
        ]
    }

    private var promised: Duration? {
        rpo ?? protection.terms.rpoSeconds.map { .seconds($0) }
    }

    private var allowed: Duration { max(promised ?? .zero, protection.interval.pace * 2) }

    private var promise: String {
        promised == allowed ? "its objective" : "its interval (\(protection.interval.rawValue))"
    }
}
