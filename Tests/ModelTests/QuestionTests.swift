// Questions: who may answer, with what, until when; and how long people kept a run waiting.
import Model
import Testing

@Suite struct QuestionTests {
    private func instant(_ second: Int64) -> Timestamp {
        Timestamp(microseconds: second * 1_000_000)
    }

    private func question(
        who: Answerer = .anybody, form: QuestionForm = .confirm, deadline: Int64? = nil,
        asked: Int64 = 0
    ) -> Question {
        Question(
            id: QuestionID(1), place: JournalPlace(run: RunID(1), sequence: 1),
            request: QuestionRequest(
                title: "Readable?", form: form, who: who, deadline: deadline.map(instant)),
            askedAt: instant(asked))
    }

    private func reply(_ answer: Value?, by person: Person = Person(name: "eva")) -> QuestionReply {
        QuestionReply(answer: answer, by: person, channel: "command", at: instant(5))
    }

    @Test func `abort is the default when a deadline passes`() {
        #expect(question().request.defaultAction == .abort)
    }

    @Test(arguments: [
        ("role:fabric-admin", Person(name: "eva", roles: ["fabric-admin"]), true),
        ("role:fabric-admin", Person(name: "fabric-admin"), false),
        ("user:eva", Person(name: "eva"), true),
        ("user:eva", Person(name: "Eva", roles: ["eva"]), false),
        (nil, Person(name: "anybody"), true),
    ])
    func `who may answer is who was named`(text: String?, person: Person, isAdmitted: Bool) throws {
        let who = try Answerer(parsing: text)
        #expect(who.text == text)
        #expect(who.admits(person) == isAdmitted)
        let question = question(who: who)
        if isAdmitted {
            #expect(try question.heard(reply(true, by: person)).state == .answered)
        } else {
            #expect { try question.heard(reply(true, by: person)) } throws: {
                ($0 as? Failure)?.code == .notYours
            }
        }
    }

    @Test(arguments: ["", "eva", "user:", "role", "group:admins"])
    func `what names nobody is refused`(text: String) {
        #expect(throws: Failure.self) { try Answerer(parsing: text) }
    }

    @Test(arguments: [
        (QuestionForm.confirm, "yes", Value.boolean(true)), (.confirm, "N", .boolean(false)),
        (.number, "12", .integer(12)), (.number, "-0.5", .float(-0.5)),
        (.text, "all well", .text("all well")),
        (.choices(["east", "west"]), "west", .text("west")),
    ])
    func `what a person types becomes the answer`(form: QuestionForm, text: String, answer: Value)
        throws
    {
        #expect(try form.answer(from: text) == answer)
        #expect(try form.checked(answer) == answer)
        #expect(QuestionForm(form.value) == form)
    }

    @Test(arguments: [
        (QuestionForm.confirm, "perhaps"), (.confirm, ""), (.number, "many"), (.number, "nan"),
        (.text, ""), (.choices(["east", "west"]), "eastt"),
    ])
    func `what is no answer is refused with the form`(form: QuestionForm, text: String) {
        #expect { try form.answer(from: text) } throws: {
            "\($0)".contains(form.summary) && ($0 as? Failure)?.code == .answerInvalid
        }
    }

    @Test(arguments: [
        (QuestionForm.confirm, Value.text("yes")), (.number, .text("1")), (.text, .integer(1)),
        (.choices(["east"]), .text("west")), (.text, .null),
    ])
    func `a value of another kind is refused`(form: QuestionForm, value: Value) {
        #expect(throws: Failure.self) { try form.checked(value) }
    }

    @Test func `a misspelt choice is offered the nearest`() {
        #expect { try QuestionForm.choices(["east", "west"]).answer(from: "eest") } throws: {
            "\($0)".contains("did you mean")
        }
    }

    @Test func `a settled question is settled for good`() throws {
        let answered = try question().heard(reply(true))
        let refused = try question().heard(reply(nil))
        let expired = try question(deadline: 3).expired(at: instant(4))
        let withdrawn = try question().withdrawn(at: instant(4))
        let states: [(Question, Failure.Code)] = [
            (answered, .answeredAlready), (refused, .answeredAlready), (expired, .questionExpired),
            (withdrawn, .questionWithdrawn),
        ]
        for (question, code) in states {
            #expect { try question.heard(reply(true)) } throws: {
                ($0 as? Failure)?.code == code
            }
            #expect { try question.expired(at: instant(9)) } throws: {
                ($0 as? Failure)?.code == code
            }
            #expect { try question.withdrawn(at: instant(9)) } throws: {
                ($0 as? Failure)?.code == code
            }
        }
    }

    @Test func `an answer at the deadline is in time, one after it is not`() throws {
        #expect(try question(deadline: 5).heard(reply(true)).state == .answered)
        #expect { try question(deadline: 4).heard(reply(true)) } throws: {
            ($0 as? Failure)?.code == .questionExpired
        }
    }

    @Test func `waiting for people counts once where questions overlap`() throws {
        var first = question(asked: 0)
        first.settledAt = instant(10)
        var second = question(asked: 5)
        second.settledAt = instant(20)
        let inside = try question(asked: 6).withdrawn(at: instant(7))
        let open = question(asked: 30)
        #expect([first, second, inside, open].timeWaited(until: instant(33)) == .seconds(23))
        #expect([Question]().timeWaited(until: instant(1)) == .zero)
    }
}
