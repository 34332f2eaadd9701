// The service report for a person: all machines of the tenant in a few lines, then each.
import Model
import Replication

extension ServiceReport {
    package var text: String {
        let missing = uncovered.joined(separator: ", ")
        return
            ([heading, total, lines.isEmpty ? "  it has no machines" : nil]
            + lines.map { "\n" + $0.text(at: at) }
            + [
                missing.isEmpty
                    ? nil : "\nnot protected yet: \(missing); muster run protect-new-machines"
            ])
            .compactMap { $0 }.joined(separator: "\n") + "\n"
    }

    private var heading: String {
        guard let addOn = subscription.addOn else {
            return "\(subscription.name): no recovery add-on"
        }
        let terms = addOn.terms
        let start = terms.firstCopy.map { "\($0.at) \($0.zone)" } ?? "at once"
        return "\(subscription.name): recovery add-on to \(terms.target), every "
            + "\(terms.interval.rawValue), first copy \(start); since \(addOn.attachedAt) by "
            + addOn.attachedBy
    }

    private var total: String? {
        guard lines.contains(where: { $0.protection != nil }) else { return nil }
        let kept = keptPercent.map { "\($0) % of the points came in time" } ?? "no second point yet"
        let drill = lastDrill.map { "last drill \($0.begunAt)" } ?? "no drill yet"
        return "  \(kept) · \(drill) · drills took \(longestDrill?.readable ?? "–") at most, "
            + "failovers \(longestFailover?.readable ?? "–")"
    }
}

extension ServiceReport.Line {
    fileprivate func text(at now: Timestamp) -> String {
        guard let protection else { return "\(vm) at \(site): not protected" }
        let service = protection.service
        let worst = Duration.microseconds(service.worstMicroseconds)
        let kept = keptPercent.map { "kept by \($0) %, \(worst.readable) at worst" }
        return """
            \(vm) at \(site): \(protection.state.rawValue), \(health?.rawValue ?? "unknown")
              may lose \(protection.rpo.text): \(kept ?? "no second point yet"); \
            would lose \(loss(at: now)?.readable ?? "everything") now
              last drill \(service.lastDrill.words), last failover \(service.lastFailover.words)
            """
    }
}

extension ServiceRecord.Exercise? {
    fileprivate var words: String {
        map { "\($0.begunAt) took \($0.spent.readable)" } ?? "never"
    }
}
