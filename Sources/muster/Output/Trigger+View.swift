// Triggers and their firings, as the commands show them.
import Model

extension RunTrigger {
    /// `vm-appeared, --site oslo, --tag shop`.
    var when: String {
        let conditions: [(String, String?)] = [
            ("--site", filter.site), ("--subscription", filter.subscription),
            ("--tag", filter.tag), ("--to", filter.health?.rawValue),
            ("--runbook", filter.runbook), ("--state", filter.state?.rawValue),
        ]
        let words = conditions.compactMap { option, wanted in wanted.map { "\(option) \($0)" } }
        return ([cause.rawValue] + words).joined(separator: ", ")
    }

    var view: Value {
        func text(_ word: String?) -> Value { word.map { .text($0) } ?? .null }
        return [
            "name": .text(name), "on": .text(cause.rawValue), "when": .text(when),
            "runbook": .text(runbook), "paused": .boolean(isPaused), "by": .text(by),
            "scope": text(scope),
            "filter": [
                "site": text(filter.site), "subscription": text(filter.subscription),
                "tag": text(filter.tag), "to": text(filter.health?.rawValue),
                "runbook": text(filter.runbook), "state": text(filter.state?.rawValue),
            ],
            "facts": .list(cause.facts.map { .text($0) }),
        ]
    }
}

extension TriggerFiring {
    var view: Value {
        [
            "at": .text(at.description), "subject": .text(mark.subject),
            "mark": mark.mark.map { .text($0) } ?? .null, "outcome": .text(outcome.rawValue),
            "run": run.map { .integer($0.number) } ?? .null, "remark": .text(remark),
            "lineage": .list(lineage.map { .text($0) }),
        ]
    }
}
