// A manual task in words, for those who read a plan before it runs: who is asked what, until when,
// and what happens when nobody answers.
import Model

extension ManualTask {
    /// The question as it would be put at the beginning of time; its card was checked when read.
    private var request: QuestionRequest? {
        let subject = CheckSubject("manual", code: .cardInvalid, at: nil)
        return try? QuestionOptions(options, subject).request(
            title, at: Timestamp(microseconds: 0), startedBy: "whoever started the run")
    }

    /// How long the run waits; nil without an end.
    package var deadline: Duration? {
        (request?.deadline?.microseconds).map { .microseconds($0) }
    }

    /// `2 of role:deciders, not whoever started the run`.
    package var who: String {
        guard let request else { return "anybody" }
        let who = request.who.text ?? "anybody"
        let voices = request.quorum > 1 ? "\(request.quorum) of \(who)" : who
        return voices + (request.barredStarter.map { ", not \($0)" } ?? "")
    }

    /// What an answer is: `one of yes, no`.
    package var answers: String { request?.form.summary ?? "" }

    /// Until when, and what silence means.
    package var silence: String {
        guard let request else { return "" }
        guard let deadline else { return "The run waits until there is an answer." }
        let after =
            request.defaultAction == .continue ? "goes on without one" : "is aborted"
        let others = request.escalation.map { escalation in
            let later = Duration.microseconds(escalation.at.microseconds).text
            return " After \(later), \(escalation.to.text ?? "anybody") is asked too."
        }
        return "Without an answer within \(deadline.text) the run \(after)." + (others ?? "")
    }

    var view: Value {
        [
            "question": .text(title), "who": .text(who), "answer": .text(answers),
            "deadline_seconds": deadline.map { .float($0.seconds) } ?? .null,
            "silence": .text(silence),
        ]
    }
}
