// What people did to a question while it was open. Every voice counts once: whoever hands his to
// another may still raise it himself, and so may the other, but only the first is heard. So nobody
// makes a quorum out of himself and his friends.

/// What one person said to a question, kept for ever.
package struct Vote: Sendable, Hashable {
    /// Who said it.
    package var by: String
    /// Whose voice it is: the voter's own, or that of the one who handed it on.
    package var voice: String
    /// nil refuses the whole.
    package var answer: Value?
    package var comment: String?
    /// How it arrived.
    package var channel: String
    package var at: Timestamp

    package init(
        by: String, voice: String, answer: Value?, comment: String?, channel: String, at: Timestamp
    ) {
        self.by = by
        self.voice = voice
        self.answer = answer
        self.comment = comment
        self.channel = channel
        self.at = at
    }

    init(_ reply: QuestionReply, voice: String) {
        self.init(
            by: reply.by.name, voice: voice, answer: reply.answer, comment: reply.comment,
            channel: reply.channel, at: reply.at)
    }
}

/// Somebody who may answer let another answer too, kept for ever.
package struct Delegation: Sendable, Hashable {
    package var by: String
    package var to: String
    /// Whose voice the other may raise: the delegator's own, or one that was handed to him.
    package var voice: String
    package var at: Timestamp

    package init(by: String, to: String, voice: String, at: Timestamp) {
        self.by = by
        self.to = to
        self.voice = voice
        self.at = at
    }
}
