// Links by which one person answers one question. A link is a text of three parts:
//
//     QUESTION-NAME-MAC      the number, the person's name in hexadecimal, and the HMAC-SHA256 of
//                            "link", number, instant of asking and name, a line each
//
// It is kept nowhere, so it can be made again for a call that is repeated. It works once because a
// voice counts once, and ends with the question because a settled one takes no answer.
import Model
import Store

/// Where questions are told outside, under which secret, and what links begin with.
package struct NewsReceiver: Sendable {
    package var url: String
    package var secret: String
    package var base: String

    package init(url: String, secret: String, base: String) {
        self.url = url
        self.secret = secret
        self.base = base
    }

    /// The address at which that person answers.
    func link(of person: Person, to question: Question) -> String {
        let text = QuestionLink(question: question.id, person: person.name)
            .text(askedAt: question.askedAt, secret: secret)
        return "\(base)/answer/\(text)"
    }
}

struct QuestionLink: Sendable {
    let question: QuestionID
    let person: String

    func text(askedAt: Timestamp, secret: String) -> String {
        let name = person.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "\(question)-\(name)-\(mac(askedAt, secret))"
    }

    private func mac(_ askedAt: Timestamp, _ secret: String) -> String {
        let signed = "link\n\(question)\n\(askedAt.microseconds)\n\(person)"
        return Signature.hmac(Array(signed.utf8), secret: secret)
    }

    /// What the text claims; nil when it has not the form of a link.
    init?(claimedBy text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let question = QuestionID(String(parts[0])) else { return nil }
        let digits = Array(parts[1])
        guard digits.count.isMultiple(of: 2) else { return nil }
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        self.init(question: question, person: String(decoding: bytes, as: UTF8.self))
    }

    init(question: QuestionID, person: String) {
        self.question = question
        self.person = person
    }
}

extension Orchestrator {
    /// The question that a link is to, and whose voice it raises, with the roles that person has
    /// now.
    ///
    /// Raises `link.invalid` for a link that the secret did not make, and what
    /// `Question.requireOpen()` raises when the question is settled.
    package func followed(
        link text: String, secret: String?
    ) throws -> (question: Question, person: Person) {
        let invalid = Failure(
            .linkInvalid,
            "this link is none of this house's; open the one you were sent, whole, or ask with "
                + "`muster tasks`")
        guard let secret, let claim = QuestionLink(claimedBy: text) else { throw invalid }
        let question: Question
        do {
            question = try services.store.question(claim.question)
        } catch let failure as Failure where failure.code == .unknownName {
            throw invalid
        }
        let right = claim.text(askedAt: question.askedAt, secret: secret)
        guard Signature.isSame(right, text) else { throw invalid }
        let person = services.rights.known(claim.person)
        try question.requireAdmitted(person, at: services.clock.now)
        return (question, person)
    }

    /// Everybody that `muster.lua` lists, or the question names, who may answer now.
    /// `owner` is whose run asks.
    func answerers(of question: Question, owner: String?) -> [Person] {
        var names = Set(services.rights.people.keys)
        for case .user(let name) in [question.request.who, question.request.escalation?.to] {
            names.insert(name)
        }
        let now = services.clock.now
        return names.map(services.rights.known)
            .filter { question.admits($0, at: now) && $0.mayTouch(owner) }
            .sorted { $0.name < $1.name }
    }
}
