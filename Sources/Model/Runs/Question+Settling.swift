// What may follow what for a question: who may settle it, until when, and with which words the
// second one is sent home. Nothing here knows how a question is kept.

extension Question {
    /// The question once `reply` is accepted.
    ///
    /// Raises `question.answered_already`, `question.expired`, `question.withdrawn`,
    /// `question.not_yours` or `question.answer_invalid`.
    package func settled(by reply: QuestionReply) throws(Failure) -> Question {
        try requireOpen()
        if let deadline = request.deadline, reply.at > deadline { throw expiry(deadline) }
        guard request.who.admits(reply.by) else { throw strangerRefusal(reply.by) }
        if let answer = reply.answer { try request.form.checked(answer) }
        var settled = self
        settled.state = reply.answer == nil ? .refused : .answered
        settled.answer = reply.answer
        settled.comment = reply.comment
        settled.by = reply.by.name
        settled.channel = reply.channel
        settled.settledAt = reply.at
        return settled
    }

    /// The question once its deadline has passed. Raises what ``requireOpen()`` raises, and
    /// `question.deadline_ahead` before the deadline.
    package func expired(at instant: Timestamp) throws(Failure) -> Question {
        try requireOpen()
        guard let deadline = request.deadline, deadline <= instant else {
            let when = request.deadline.map(\.description) ?? "never"
            throw Failure(
                .deadlineAhead, "question \(id) '\(request.title)' does not expire yet: \(when)")
        }
        return closed(.expired, at: instant)
    }

    /// The question once nobody needs its answer. Raises what ``requireOpen()`` raises.
    package func withdrawn(at instant: Timestamp) throws(Failure) -> Question {
        try requireOpen()
        return closed(.withdrawn, at: instant)
    }

    /// Raises `question.answered_already` (naming who and when), `question.expired` or
    /// `question.withdrawn` unless the question is open.
    package func requireOpen() throws(Failure) {
        switch state {
        case .open: return
        case .answered, .refused: throw secondRefusal()
        case .expired: throw expiry(request.deadline ?? askedAt)
        case .withdrawn:
            throw Failure(
                .questionWithdrawn,
                "question \(id) '\(request.title)' needs no answer any more: its run went on "
                    + "without one; see `muster report \(place.run)`", context: context)
        }
    }

    private func closed(_ state: State, at instant: Timestamp) -> Question {
        var question = self
        question.state = state
        question.settledAt = instant
        return question
    }

    private var context: [String: String] {
        ["question": id.description, "run": place.run.description]
    }

    private func secondRefusal() -> Failure {
        let who = by ?? "somebody"
        let when = settledAt.map(\.description) ?? "earlier"
        var facts = context
        facts["by"] = by
        facts["at"] = when
        return Failure(
            .answeredAlready,
            "question \(id) '\(request.title)' was \(state.rawValue) by \(who) at \(when); the "
                + "first answer stands, see `muster report \(place.run)`", context: facts)
    }

    private func expiry(_ deadline: Timestamp) -> Failure {
        Failure(
            .questionExpired,
            "question \(id) '\(request.title)' could be answered until \(deadline); its default, "
                + "\(request.defaultAction.rawValue), was taken. See `muster report \(place.run)`",
            context: context)
    }

    private func strangerRefusal(_ person: Person) -> Failure {
        let wanted = request.who.text ?? "anybody"
        return Failure(
            .notYours,
            "question \(id) '\(request.title)' is for \(wanted), and \(person.name) is not that; "
                + "ask somebody who is", context: context.merging(["who": wanted]) { $1 })
    }
}

extension Sequence where Element == Question {
    /// How long these questions kept their run waiting for people, up to `now`: time in which two
    /// were open counts once (M-4).
    package func timeWaited(until now: Timestamp) -> Duration {
        let spans = map { ($0.askedAt, $0.settledAt ?? now) }.sorted { $0.0 < $1.0 }
        var total = Duration.zero
        var counted = Timestamp(microseconds: .min)
        for (start, end) in spans where end > counted {
            total += end - Swift.max(start, counted)
            counted = end
        }
        return total
    }
}
