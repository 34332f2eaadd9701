// A question as every face shows it: as a value for programs, in words for people.
import Model

extension Question {
    package var view: Value {
        var fields: [String: Value] = [
            "id": .integer(id.number), "run": .integer(place.run.number),
            "title": .text(request.title), "form": request.form.value,
            "who": .text(request.who.text ?? "anybody"), "state": .text(state.rawValue),
            "asked_at": .text(askedAt.description), "quorum": .integer(Int64(request.quorum)),
            "on_deadline": .text(request.defaultAction.rawValue),
            "votes": .list(votes.map(\.view)), "delegations": .list(delegations.map(\.view)),
        ]
        let texts: [(String, String?)] = [
            ("instructions", request.instructions), ("not_starter", request.barredStarter),
            ("deadline", request.deadline?.description), ("comment", comment), ("by", by),
            ("channel", channel), ("escalated_at", escalatedAt?.description),
            ("settled_at", settledAt?.description),
        ]
        for (name, text) in texts { fields[name] = text.map { .text($0) } }
        if let answer { fields["answer"] = answer }
        if let escalation = request.escalation {
            fields["escalate"] = [
                "to": .text(escalation.to.text ?? "anybody"),
                "at": .text(escalation.at.description),
            ]
        }
        return .object(fields)
    }

    /// The same for one person, with `yours`: whether that person may answer now.
    package func view(for person: Person, at instant: Timestamp) -> Value {
        var fields = view.object ?? [:]
        fields["yours"] = .boolean(admits(person, at: instant))
        return .object(fields)
    }

    /// Who may answer, in one line: `2 of role:deciders, not eva, from 12:30:00 role:chiefs too`.
    package var whoMay: String {
        let who = request.who.text ?? "anybody"
        var parts = [request.quorum > 1 ? "\(request.quorum) of \(who)" : who]
        if let starter = request.barredStarter { parts.append("not \(starter)") }
        if let escalation = request.escalation {
            parts.append("from \(escalation.at.timeOfDay) \(escalation.to.text ?? "anybody") too")
        }
        return (parts + delegations.map { "\($0.to) for \($0.by)" }).joined(separator: ", ")
    }

    /// What people have said so far: `1 of 2: eva yes`; empty when nobody has.
    package var standing: String {
        guard !votes.isEmpty else { return "" }
        let most = votes.map { self.votes(for: $0.answer).count }.max() ?? 0
        return "\(most) of \(request.quorum): " + votes.map(\.line).joined(separator: ", ")
    }
}

extension Vote {
    fileprivate var view: Value {
        [
            "by": .text(by), "voice": .text(voice), "answer": answer ?? .null,
            "refused": .boolean(answer == nil), "comment": comment.map { .text($0) } ?? .null,
            "channel": .text(channel), "at": .text(at.description),
        ]
    }

    /// `eva yes`, `ola for eva yes ("seen")`, `kari refuses`.
    package var line: String {
        let said = comment.map { " (\"\($0)\")" } ?? ""
        return "\(speaker) \(answer?.words ?? "refuses")\(said)"
    }

    /// Who said it, and for whom.
    var speaker: String { voice == by ? by : "\(by) for \(voice)" }
}

extension Delegation {
    fileprivate var view: Value {
        [
            "by": .text(by), "to": .text(to), "voice": .text(voice),
            "at": .text(at.description),
        ]
    }
}

extension Value {
    /// An answer as people say it.
    fileprivate var words: String {
        switch self {
        case .boolean(let isYes): isYes ? "yes" : "no"
        default: text ?? canonicalJSON
        }
    }
}
