// Who may have a say in a question, in whose voice, and who may hand it on. A person has a voice of
// his own when he is whom the author named, or is asked too because the question stayed open; else
// one that was handed to him. The starter of the run has none where the author bars him.

extension Question {
    /// Whether `person` may answer at that instant.
    package func admits(_ person: Person, at instant: Timestamp) -> Bool {
        (try? requireTaken(at: instant)) != nil && (try? voice(of: person, at: instant)) != nil
    }

    /// Raises what ``heard(_:)`` raises of whoever may not answer at that instant.
    package func requireAdmitted(_ person: Person, at instant: Timestamp) throws(Failure) {
        try requireTaken(at: instant)
        _ = try voice(of: person, at: instant)
    }

    /// Whose voice `person` raises at that instant. Raises `question.not_yours` when he has none,
    /// `question.voted_already` when it has been raised.
    func voice(of person: Person, at instant: Timestamp) throws(Failure) -> String {
        if person.name == request.barredStarter { throw starterRefusal(person) }
        let given = delegations.first { $0.to == person.name }?.voice
        guard let voice = hasOwnVoice(person, at: instant) ? person.name : given else {
            throw strangerRefusal(person, at: instant)
        }
        if let vote = votes.first(where: { $0.by == person.name || $0.voice == voice }) {
            throw secondVote(of: person, after: vote)
        }
        return voice
    }

    /// The question once `person`, who may answer, lets another answer too.
    ///
    /// Raises what ``heard(_:)`` raises of the delegator, and `question.delegation_refused` when
    /// the other may answer anyway, or started the run and is barred.
    package func delegated(
        to other: Person, by person: Person, at instant: Timestamp
    ) throws(Failure) -> Question {
        try requireTaken(at: instant)
        let voice = try voice(of: person, at: instant)
        if other.name == request.barredStarter {
            throw delegationRefusal(other, "started run \(place.run) and may not answer it")
        }
        let isAsked = delegations.contains { $0.to == other.name }
        if isAsked || hasOwnVoice(other, at: instant) {
            throw delegationRefusal(other, "may answer it already")
        }
        var question = self
        question.delegations.append(
            Delegation(by: person.name, to: other.name, voice: voice, at: instant))
        return question
    }

    private func hasOwnVoice(_ person: Person, at instant: Timestamp) -> Bool {
        asked(at: instant).contains { $0.admits(person) }
    }

    /// Those whom the author named, as far as their time has come.
    private func asked(at instant: Timestamp) -> [Answerer] {
        guard let escalation = request.escalation, escalation.at <= instant else {
            return [request.who]
        }
        return [request.who, escalation.to]
    }

    private func strangerRefusal(_ person: Person, at instant: Timestamp) -> Failure {
        let wanted = asked(at: instant).map { $0.text ?? "anybody" }.joined(separator: " or ")
        return Failure(
            .notYours,
            "question \(id) '\(request.title)' is for \(wanted), and \(person.name) is not that; "
                + "ask somebody who is, to answer or to delegate it",
            context: context.merging(["who": wanted]) { $1 })
    }

    private func starterRefusal(_ person: Person) -> Failure {
        Failure(
            .notYours,
            "question \(id) '\(request.title)' is not for whoever started run \(place.run), and "
                + "that was \(person.name); ask somebody else",
            context: context.merging(["not_starter": person.name]) { $1 })
    }

    private func secondVote(of person: Person, after vote: Vote) -> Failure {
        let word = vote.answer.map { "answered \($0.text ?? $0.canonicalJSON)" } ?? "refused"
        let whose =
            vote.voice == vote.by && vote.by == person.name ? "" : ", in the voice of \(vote.voice)"
        return Failure(
            .votedAlready,
            "\(vote.by) has \(word) question \(id) '\(request.title)' at \(vote.at)\(whose); a voice "
                + "counts once, and this one waits for others",
            context: context.merging(["by": vote.by]) { $1 })
    }

    private func delegationRefusal(_ other: Person, _ why: String) -> Failure {
        Failure(
            .delegationRefused,
            "question \(id) '\(request.title)' cannot be delegated to \(other.name), who \(why)",
            context: context.merging(["to": other.name]) { $1 })
    }
}
