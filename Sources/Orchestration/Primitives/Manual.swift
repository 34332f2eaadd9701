// The manual, made from the records: pages for primitives and for the parts of cards.
import Model

package struct Manual: Sendable {
    private let catalogue = Catalogue()

    package init() {}

    /// The parts of cards by the word an author writes.
    private var cards: [(word: String, summary: String, fields: [Parameter])] {
        [
            ("plan", "A recovery plan: who, from where to where, in which order.", PlanCard.plan),
            ("group", "A group of a plan: vms that are failed over together.", PlanCard.group),
            ("step", "A step: a script, a manual task, or both.", PlanCard.step),
            ("manual", "A manual task: a question to a person.", PlanCard.manual),
            ("machine", "A vm of a group that has steps of its own.", PlanCard.machine),
            ("shutdown", "A plan's order of shutting down, as a list.", PlanCard.shutdown),
            ("contact", "Somebody to call when a plan is run.", PlanCard.contact),
            ("objective", "What a plan was promised to keep.", PlanCard.objective),
            ("runbook", "A runbook: a card and a function.", RunbookCard.fields),
            ("limits", "What a runbook may use of the house.", RunbookCard.limitFields),
            ("site", "A site as its file in the lab's folder `fabric` declares it.", SiteCard.site),
        ] + CardDescription.siteParts.map { ($0.word, $0.summary, $0.parameters) }
    }

    /// Everything that has a page.
    package var words: [String] { catalogue.names + catalogue.namespaces + cards.map(\.word) }

    /// The page on a primitive, a namespace or a part of a card; nil when there is none.
    ///
    /// A word is found as an author writes it too: `plan.step`, `fabric.try_select`.
    package func page(for written: String) -> String? {
        let word = plain(written)
        if let primitive = catalogue[word] { return primitive.page }
        if let card = cards.first(where: { $0.word == word }) {
            return "\(word) { … }\n    \(card.summary)\n\nFields\n" + lines(of: card.fields)
        }
        let members = catalogue.primitives.filter { $0.namespace == word }
        guard !members.isEmpty else { return nil }
        return members.map { "\($0.signature)\n    \($0.summary)" }.joined(separator: "\n")
    }

    private func plain(_ written: String) -> String {
        let parts = written.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return written }
        if ["plan", "site"].contains(parts[0]), cards.contains(where: { $0.word == parts[1] }) {
            return parts[1]
        }
        return parts[1].hasPrefix("try_") ? "\(parts[0]).\(parts[1].dropFirst(4))" : written
    }
}

private func lines(of fields: [Parameter]) -> String {
    fields.map { field in
        let need = field.isRequired ? " (required)" : ""
        return "    \(field.name)\(need): \(field.summary)\n        \(field.type.phrase)"
    }.joined(separator: "\n")
}

extension Primitive {
    fileprivate var page: String {
        var parts = ["\(signature)\n    \(summary)"]
        if !resultSummary.isEmpty { parts[0] += "\n    Returns \(resultSummary)." }
        if !parameters.isEmpty { parts.append("Arguments\n" + lines(of: parameters)) }
        for case .record(let fields) in parameters.map(\.type) where !fields.isEmpty {
            parts.append("Options\n" + lines(of: fields))
        }
        parts.append("Example\n    \(example)")
        if !raises.isEmpty {
            parts.append("May raise\n    " + raises.map(\.name).joined(separator: ", "))
        }
        let places = Phase.allCases.filter(phases.contains).map(\.rawValue).joined(separator: ", ")
        parts.append(
            "Effect: \(effect.word)\nAllowed in: \(places)\nOr: \(namespace).try_\(verb), "
                + "which returns the value or nil and the failure")
        return parts.joined(separator: "\n\n")
    }
}
