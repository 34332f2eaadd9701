// What people outside are to be told of a question. A pure machine: tried, told or put off, and
// given up after a day.
//
//     due ─▶ tried ── taken ─▶ ended
//      ▲       │ refused, silent
//      │       ├─ within a day ─▶ put off, twice as long each time
//      └───────┘       later ──▶ given up

package struct QuestionNews: Sendable, Hashable {
    package enum Occasion: String, Sendable, Hashable {
        case asked, escalated
    }

    package var number: Int64
    package var question: QuestionID
    package var occasion: Occasion
    /// How often it was tried.
    package var attempts: Int
    package var since: Timestamp

    package init(
        number: Int64, question: QuestionID, occasion: Occasion, attempts: Int, since: Timestamp
    ) {
        self.number = number
        self.question = question
        self.occasion = occasion
        self.attempts = attempts
        self.since = since
    }

    /// When it is tried again after another failure; nil gives it up.
    package func retry(after now: Timestamp) -> Timestamp? {
        let doublings = min(attempts, 16)
        let pause = min(Limits.newsPauseMin * (1 << doublings), Limits.newsPauseMax)
        let next = now + pause
        return next <= since + Limits.newsPatience ? next : nil
    }
}
