// Quorums, delegation, escalation and who is barred: whose voice counts, once, and in which order.
import Model
import Testing

@Suite struct QuestionVoicesTests {
    private let eva = Person(name: "eva", roles: ["admin"])
    private let ola = Person(name: "ola", roles: ["admin"])
    private let kari = Person(name: "kari", roles: ["admin"])
    private let lars = Person(name: "lars")
    private let nina = Person(name: "nina", roles: ["chief"])

    private func instant(_ second: Int64) -> Timestamp {
        Timestamp(microseconds: second * 1_000_000)
    }

    private func question(
        quorum: Int = 2, form: QuestionForm = .choices(["east", "west"]),
        who: Answerer = .role("admin"), deadline: Int64? = nil, barring starter: String? = nil,
        escalation: Escalation? = nil
    ) -> Question {
        Question(
            id: QuestionID(1), place: JournalPlace(run: RunID(3), sequence: 1),
            request: QuestionRequest(
                title: "Which way?", form: form, who: who, deadline: deadline.map(instant),
                quorum: quorum, barredStarter: starter, escalation: escalation),
            askedAt: instant(0))
    }

    private func reply(_ person: Person, _ answer: Value?, at second: Int64 = 5) -> QuestionReply {
        QuestionReply(answer: answer, by: person, channel: "command", at: instant(second))
    }

    private func expect(
        _ code: Failure.Code, says words: String..., from act: () throws -> Question
    ) {
        do {
            Issue.record("\(try act()) was not refused")
        } catch {
            #expect((error as? Failure)?.code == code, "\(error)")
            for word in words { #expect("\(error)".contains(word)) }
        }
    }

    @Test func `M-1: a quorum of two is two persons who say the same`() throws {
        let one = try question().heard(reply(eva, "east"))
        #expect(one.state == .open && one.answer == nil && one.settledAt == nil)
        let two = try one.heard(reply(ola, "east", at: 6))
        #expect(two.state == .answered && two.answer == "east" && two.settledAt == instant(6))
        #expect(two.votes.map(\.by) == ["eva", "ola"])
        expect(.answeredAlready, says: "eva and ola") { try two.heard(reply(kari, "east")) }
    }

    @Test func `M-1: of different choices the first that has the quorum wins`() throws {
        let split = try question().heard(reply(eva, "east")).heard(reply(ola, "west"))
        #expect(split.state == .open)
        let settled = try split.heard(reply(kari, "west"))
        #expect(settled.answer == "west")
        #expect(settled.votes.map(\.answer) == ["east", "west", "west"])
    }

    @Test func `one number is the same however it is written`() throws {
        let settled = try question(form: .number).heard(reply(eva, 2)).heard(reply(ola, .float(2)))
        #expect(settled.state == .answered)
    }

    @Test func `voting twice is refused, whatever the second vote says`() throws {
        let one = try question().heard(reply(eva, "east"))
        for answer in ["east", "west", nil] as [Value?] {
            expect(.votedAlready, says: "eva has answered east") {
                try one.heard(reply(eva, answer))
            }
        }
    }

    @Test func `M-2: one refusal by one who may refuses the whole`() throws {
        let refused = try question().heard(reply(eva, "east")).heard(reply(ola, nil))
        #expect(refused.state == .refused && refused.by == "ola" && refused.answer == nil)
        expect(.notYours, says: "role:admin") { try question().heard(reply(lars, nil)) }
    }

    @Test func `too few voices at the deadline are none`() throws {
        let one = try question(deadline: 9).heard(reply(eva, "east"))
        #expect(try one.expired(at: instant(9)).state == .expired)
        expect(.questionExpired) { try one.heard(reply(ola, "east", at: 10)) }
        #expect(!one.admits(ola, at: instant(10)))
    }

    @Test func `M-1: whoever started the run may not answer where that is said`() throws {
        let question = question(quorum: 1, barring: "eva")
        for answer in ["east", nil] as [Value?] {
            expect(.notYours, says: "run 3", "eva") { try question.heard(reply(eva, answer)) }
        }
        #expect(!question.admits(eva, at: instant(1)) && question.admits(ola, at: instant(1)))
        expect(.delegationRefused, says: "eva", "started run 3") {
            try question.delegated(to: eva, by: ola, at: instant(1))
        }
        expect(.notYours) { try question.delegated(to: lars, by: eva, at: instant(1)) }
    }

    @Test func `a delegate may answer, and so may whoever named him, but one voice counts once`()
        throws
    {
        let handed = try question().delegated(to: lars, by: eva, at: instant(1))
        #expect(handed.admits(lars, at: instant(2)) && handed.admits(eva, at: instant(2)))
        let voted = try handed.heard(reply(lars, "east"))
        #expect(voted.votes.map(\.voice) == ["eva"])
        expect(.votedAlready, says: "lars", "in the voice of eva") {
            try voted.heard(reply(eva, "east"))
        }
        #expect(try voted.heard(reply(ola, "east")).state == .answered)
        let before = try handed.heard(reply(eva, "east"))
        expect(.votedAlready, says: "eva") { try before.heard(reply(lars, "east")) }
    }

    @Test func `nobody makes a quorum out of himself and a chain of friends`() throws {
        let friend = Person(name: "friend")
        let chain = try question().delegated(to: lars, by: eva, at: instant(1))
            .delegated(to: friend, by: lars, at: instant(2))
        #expect(chain.delegations.map(\.voice) == ["eva", "eva"])
        let voted = try chain.heard(reply(friend, "east"))
        for person in [eva, lars] {
            expect(.votedAlready) { try voted.heard(reply(person, "east")) }
        }
    }

    @Test func `delegating to one who may already, or after one's vote, is refused`() throws {
        expect(.delegationRefused, says: "ola", "already") {
            try question().delegated(to: ola, by: eva, at: instant(1))
        }
        let handed = try question().delegated(to: lars, by: eva, at: instant(1))
        expect(.delegationRefused) { try handed.delegated(to: lars, by: ola, at: instant(2)) }
        expect(.notYours) { try question().delegated(to: eva, by: lars, at: instant(1)) }
        let voted = try question().heard(reply(eva, "east"))
        expect(.votedAlready) { try voted.delegated(to: lars, by: eva, at: instant(6)) }
        let settled = try question(quorum: 1).heard(reply(eva, "east"))
        expect(.answeredAlready) { try settled.delegated(to: lars, by: ola, at: instant(6)) }
    }

    @Test func `M-1: who is asked too may answer from that instant, noticed or not`() throws {
        let question = question(
            quorum: 1, escalation: Escalation(to: .role("chief"), at: instant(10)))
        expect(.notYours, says: "is for role:admin,") {
            try question.heard(reply(nina, "east", at: 9))
        }
        expect(.deadlineAhead) { try question.escalated(at: instant(9)) }
        #expect(try question.heard(reply(nina, "east", at: 10)).state == .answered)
        #expect(try question.heard(reply(eva, "east", at: 11)).state == .answered)
        expect(.notYours, says: "role:admin or role:chief") {
            try question.heard(reply(lars, "east", at: 11))
        }
        let told = try question.escalated(at: instant(12))
        #expect(told.escalatedAt == instant(12) && told.state == .open)
        #expect(try told.escalated(at: instant(13)).escalatedAt == instant(12))
        expect(.deadlineAhead) { try self.question().escalated(at: instant(99)) }
    }

    @Test(arguments: [("sql01", true), ("sql0", false), ("SQL01", false), ("sql01 ", false)])
    func `M-1: a name is confirmed by typing it exactly`(text: String, isTaken: Bool) throws {
        let form = QuestionForm.name("sql01")
        #expect(QuestionForm(form.value) == form)
        if isTaken {
            #expect(try form.answer(from: text) == "sql01")
        } else {
            #expect { try form.answer(from: text) } throws: {
                ($0 as? Failure)?.code == .answerInvalid && "\($0)".contains("sql01, typed exactly")
            }
        }
    }
}
