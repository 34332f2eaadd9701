// What may follow what for a question: what settles it, until when, and with which words the second
// one is sent home. Who may have a say stands in Question+Voices. Nothing here knows how a question
// is kept.

extension Question {
    /// The question once `reply` is heard: answered when so many different persons as the quorum
    /// wants have said the same, refused when this one refuses, open still when neither.
    ///
    /// Raises `question.answered_already`, `question.expired`, `question.withdrawn`,
    /// `question.not_yours`, `question.voted_already` or `question.answer_invalid`.
    package func heard(_ reply: QuestionReply) throws(Failure) -> Question {
        try requireTaken(at: reply.at)
        let voice = try voice(of: reply.by, at: reply.at)
        if let answer = reply.answer { try request.form.checked(answer) }
        var question = self
        question.votes.append(Vote(reply, voice: voice))
        if reply.answer == nil { return question.closed(.refused, at: reply.at) }
        let agreeing = question.votes(for: reply.answer).count
        return agreeing < request.quorum ? question : question.closed(.answered, at: reply.at)
    }

    /// The votes that said the same as `answer`; a number is the same however it is written.
    package func votes(for answer: Value?) -> [Vote] {
        votes.filter { vote in
            vote.answer == answer || vote.answer?.number.map { $0 == answer?.number } ?? false
        }
    }

    /// The question once its deadline has passed. Raises what ``requireOpen()`` raises, and
    /// `question.deadline_ahead` before the deadline.
    package func expired(at instant: Timestamp) throws(Failure) -> Question {
        try requireOpen()
        guard let deadline = request.deadline, deadline <= instant else {
            throw tooEarly("does not expire yet", request.deadline)
        }
        return closed(.expired, at: instant)
    }

    /// The question once those who are asked too have been told. Raises what ``requireOpen()``
    /// raises, and `question.deadline_ahead` before their time.
    package func escalated(at instant: Timestamp) throws(Failure) -> Question {
        try requireOpen()
        guard let escalation = request.escalation, escalation.at <= instant else {
            throw tooEarly("asks nobody else yet", request.escalation?.at)
        }
        var question = self
        question.escalatedAt = escalatedAt ?? instant
        return question
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

    /// Raises what ``requireOpen()`` raises, and `question.expired` after the deadline, whether or
    /// not anybody has noticed.
    func requireTaken(at instant: Timestamp) throws(Failure) {
        try requireOpen()
        if let deadline = request.deadline, instant > deadline { throw expiry(deadline) }
    }

    private func closed(_ state: State, at instant: Timestamp) -> Question {
        var question = self
        question.state = state
        question.settledAt = instant
        return question
    }

    var context: [String: String] {
        ["question": id.description, "run": place.run.description]
    }

    private func tooEarly(_ what: String, _ instant: Timestamp?) -> Failure {
        Failure(
            .deadlineAhead,
            "question \(id) '\(request.title)' \(what): \(instant.map(\.description) ?? "never")",
            context: context)
    }

    private func secondRefusal() -> Failure {
        let who = votes(for: answer).map(\.by).joined(separator: " and ")
        let when = settledAt.map(\.description) ?? "earlier"
        var facts = context
        facts["by"] = who
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
