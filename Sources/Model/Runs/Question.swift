// A manual task: what a run asks of people, and how it was settled. Settled exactly once.
//
//                 agreed ┌─▶ answered      by the quorum of those who may, before the deadline
//     open ──── refused ─┼─▶ refused       one of them, saying no to the whole
//      │ ▲      expired ─┼─▶ expired       the deadline came first; the default action follows
//      └─┘    withdrawn ─┴─▶ withdrawn     the run needs no answer any more
//     voted, delegated, escalated

/// The number of a question, given by the store when it is first asked: `12`.
package struct QuestionID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    /// Reads the number as a person types it; nil when `text` is not a number from 1.
    package init?(_ text: String) {
        guard let number = Int64(text), number > 0 else { return nil }
        self.number = number
    }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    package var description: String { String(number) }
}

/// What is asked.
package struct QuestionRequest: Sendable, Hashable {
    /// What the engine does when the deadline passes without an answer.
    package enum DefaultAction: String, Sendable, Hashable, Codable {
        case abort
        case `continue`
    }

    package var title: String
    package var instructions: String?
    package var form: QuestionForm
    package var who: Answerer
    /// After this instant no answer is taken; nil waits for ever.
    package var deadline: Timestamp?
    package var defaultAction: DefaultAction
    /// How many different persons must give the same answer.
    package var quorum: Int
    /// Who started the run, where the author does not let that person answer.
    package var barredStarter: String?
    package var escalation: Escalation?

    package init(
        title: String, instructions: String? = nil, form: QuestionForm, who: Answerer = .anybody,
        deadline: Timestamp? = nil, defaultAction: DefaultAction = .abort, quorum: Int = 1,
        barredStarter: String? = nil, escalation: Escalation? = nil
    ) {
        precondition(quorum > 0, "a question that nobody answers is none")
        self.title = title
        self.instructions = instructions
        self.form = form
        self.who = who
        self.deadline = deadline
        self.defaultAction = defaultAction
        self.quorum = quorum
        self.barredStarter = barredStarter
        self.escalation = escalation
    }
}

/// Who is asked too when a question has stayed open for long.
package struct Escalation: Sendable, Hashable {
    package var to: Answerer
    /// From this instant on.
    package var at: Timestamp

    package init(to: Answerer, at: Timestamp) {
        self.to = to
        self.at = at
    }
}

/// What somebody says to a question.
package struct QuestionReply: Sendable, Hashable {
    /// The answer, of the question's form; nil refuses the task, which aborts.
    package var answer: Value?
    package var comment: String?
    package var by: Person
    /// How it arrived: `command`, `terminal`, `http`, `page`, `link`.
    package var channel: String
    package var at: Timestamp

    package init(
        answer: Value?, comment: String? = nil, by person: Person, channel: String, at: Timestamp
    ) {
        self.answer = answer
        self.comment = comment
        self.by = person
        self.channel = channel
        self.at = at
    }
}

/// A question as it stands in the store.
package struct Question: Sendable, Hashable {
    package enum State: String, Sendable, Hashable, Codable, CaseIterable {
        case open, answered, refused, expired, withdrawn
    }

    package var id: QuestionID
    package var place: JournalPlace
    package var request: QuestionRequest
    package var askedAt: Timestamp
    package var state: State
    /// What people said, in that order. The last one settled it, if it was people who did.
    package var votes: [Vote] = []
    package var delegations: [Delegation] = []
    /// When those who are asked too were told.
    package var escalatedAt: Timestamp?
    /// When it was answered, refused, withdrawn or found expired.
    package var settledAt: Timestamp?

    /// A question that has just been asked.
    package init(
        id: QuestionID, place: JournalPlace, request: QuestionRequest, askedAt: Timestamp
    ) {
        self.id = id
        self.place = place
        self.request = request
        self.askedAt = askedAt
        self.state = .open
    }
}

extension Question {
    /// The vote that answered or refused it; nil while it is open, and where nobody did.
    package var decisive: Vote? { state == .answered || state == .refused ? votes.last : nil }
    package var answer: Value? { decisive?.answer }
    package var comment: String? { decisive?.comment }
    /// Who had the last word.
    package var by: String? { decisive?.by }
    package var channel: String? { decisive?.channel }
}
