// Questions: put once, settled exactly once, by somebody who may.
import Model
import Store
import Testing

@Suite struct QuestionTests {
    let lab: Lab
    let store: Store
    let run = RunID(1)
    let id = QuestionID(1)

    init() async throws {
        lab = try Lab()
        store = try await lab.openWithRun()
    }

    private func ask(_ request: QuestionRequest = .sample(), sequence: Int = 1) async throws {
        try await store.commit([
            .questionAsked(
                JournalPlace(run: run, sequence: sequence), request, at: .second(sequence))
        ])
    }

    @Test(arguments: [
        QuestionForm.confirm, .text, .number, .choices(["east", "west"]), .name("sql01"),
    ])
    func `a question reads back as it was asked`(form: QuestionForm) async throws {
        let request = QuestionRequest(
            title: "Which way?", instructions: nil, form: form, who: .role("fabric-admin"),
            deadline: .second(99), defaultAction: .continue, quorum: 2, barredStarter: "eva",
            escalation: Escalation(to: .user("ola"), at: .second(50)))
        try await ask(request)
        let question = try store.question(id)
        #expect(question.request == request)
        #expect(question.state == .open)
        #expect(try store.question(at: JournalPlace(run: run, sequence: 1)) == question)
        #expect(try store.question(at: JournalPlace(run: run, sequence: 2)) == nil)
    }

    @Test func `asking again at the same place changes nothing`() async throws {
        try await ask()
        try await store.commit([.questionAnswered(id, .sample())])
        try await ask(.sample(form: .text))
        #expect(try store.questions(of: run).count == 1)
        #expect(try store.question(id).state == .answered)
    }

    @Test func `an answer keeps who, what, how and when`() async throws {
        try await ask(.sample(form: .choices(["east", "west"])))
        try await store.commit([.questionAnswered(id, .sample("west"))])
        let question = try store.question(id)
        #expect(question.state == .answered)
        #expect(question.answer == "west")
        #expect(question.comment == "seen")
        #expect(question.by == "eva" && question.channel == "command")
        #expect(question.settledAt == .second(5))
    }

    @Test func `a refusal is kept as one`() async throws {
        try await ask()
        try await store.commit([.questionAnswered(id, .sample(nil))])
        #expect(try store.question(id).state == .refused)
        #expect(try store.question(id).answer == nil)
    }

    @Test func `a second answer is sent home with the name and the time of the first`() async throws
    {
        try await ask()
        try await store.commit([.questionAnswered(id, .sample())])
        await #expect {
            try await store.commit([.questionAnswered(id, .sample(false, by: "ola", at: 6))])
        } throws: { error in
            Failure.isOf(.answeredAlready)(error) && "\(error)".contains("by eva at 1970")
        }
        #expect(try store.question(id).answer == true)
    }

    @Test func `a late answer is refused, whether or not anybody noticed the deadline`()
        async throws
    {
        try await ask(.sample(deadline: .second(4)))
        let late = Change.questionAnswered(id, .sample(at: 5))
        await #expect {
            try await store.commit([late])
        } throws: { Failure.isOf(.questionExpired)($0) }
        try await store.commit([.questionExpired(id, at: .second(5))])
        await #expect {
            try await store.commit([late])
        } throws: { Failure.isOf(.questionExpired)($0) }
    }

    @Test func `the wrong person and the wrong kind of answer are refused`() async throws {
        try await ask(.sample(who: .role("fabric-admin")))
        await #expect {
            try await store.commit([.questionAnswered(id, .sample())])
        } throws: { Failure.isOf(.notYours)($0) }
        let admin = Person(name: "eva", roles: ["fabric-admin"])
        let wrong = QuestionReply(answer: "perhaps", by: admin, channel: "page", at: .second(5))
        await #expect {
            try await store.commit([.questionAnswered(id, wrong)])
        } throws: { Failure.isOf(.answerInvalid)($0) }
        let right = QuestionReply(answer: true, by: admin, channel: "page", at: .second(5))
        try await store.commit([.questionAnswered(id, right)])
    }

    @Test func `a question does not expire before its deadline`() async throws {
        try await ask(.sample(deadline: .second(10)))
        #expect(try store.nextDeadline() == .second(10))
        #expect(try store.overdueQuestions(at: .second(9)).isEmpty)
        await #expect {
            try await store.commit([.questionExpired(id, at: .second(9))])
        } throws: { Failure.isOf(.deadlineAhead)($0) }
        #expect(try store.overdueQuestions(at: .second(10)).map(\.id) == [id])
        try await store.commit([.questionExpired(id, at: .second(10))])
        #expect(try store.nextDeadline() == nil)
    }

    @Test func `a run's open questions are withdrawn together, the others stay`() async throws {
        for sequence in 1...3 { try await ask(sequence: sequence) }
        try await store.commit([.questionAnswered(QuestionID(2), .sample())])
        try await store.commit([.questionsWithdrawn(run, at: .second(9))])
        #expect(
            try store.questions(of: run).map(\.state) == [.withdrawn, .answered, .withdrawn])
        await #expect {
            try await store.commit([.questionAnswered(id, .sample())])
        } throws: { Failure.isOf(.questionWithdrawn)($0) }
        await #expect {
            try await store.commit([.questionWithdrawn(id, at: .second(9))])
        } throws: { Failure.isOf(.questionWithdrawn)($0) }
        try await store.commit([.questionsWithdrawn(run, at: .second(9))])
    }

    @Test func `open questions are listed oldest first, in pages`() async throws {
        for sequence in 1...5 { try await ask(sequence: sequence) }
        try await store.commit([.questionAnswered(QuestionID(2), .sample())])
        #expect(try store.openQuestions(limit: 2).map(\.id.number) == [1, 3])
        #expect(try store.openQuestions(after: QuestionID(3)).map(\.id.number) == [4, 5])
    }

    @Test func `of fifty who answer together through two stores one wins`() async throws {
        try await ask()
        let stores = [store, try lab.open()]
        let winners = await withTaskGroup(of: String?.self) { group in
            for index in 0..<50 {
                group.addTask {
                    let name = "person\(index)"
                    do {
                        let reply = QuestionReply.sample(by: name)
                        try await stores[index % 2].commit([.questionAnswered(id, reply)])
                        return name
                    } catch {
                        return Failure.isOf(.answeredAlready)(error) ? nil : "\(error)"
                    }
                }
            }
            return await group.compactMap { $0 }.reduce(into: []) { $0.append($1) }
        }
        #expect(winners.count == 1)
        #expect(try store.question(id).by == winners.first)
    }

    @Test func `M-1: votes are kept in their order, and the last of the quorum settles`()
        async throws
    {
        try await ask(.sample(quorum: 2))
        try await store.commit([.questionAnswered(id, .sample(false, by: "kari", at: 3))])
        try await store.commit([.questionAnswered(id, .sample(by: "eva", at: 4))])
        #expect(try lab.open().question(id).state == .open)
        try await store.commit([.questionAnswered(id, .sample(by: "ola", at: 5))])
        let question = try lab.open().question(id)
        #expect(question.state == .answered && question.answer == true && question.by == "ola")
        #expect(question.settledAt == .second(5))
        #expect(question.votes.map(\.by) == ["kari", "eva", "ola"])
        #expect(question.votes.map(\.answer) == [false, true, true])
        #expect(question.votes.map(\.at) == [.second(3), .second(4), .second(5)])
        #expect(question.votes.allSatisfy { $0.comment == "seen" && $0.channel == "command" })
        await #expect {
            try await store.commit([.questionAnswered(id, .sample(by: "per", at: 6))])
        } throws: { Failure.isOf(.answeredAlready)($0) }
        #expect(try store.question(id).votes.count == 3)
    }

    @Test func `M-3: of two persons who answer twice together each is heard once, and both settle`()
        async throws
    {
        try await ask(.sample(quorum: 2))
        let stores = [store, try lab.open()]
        let heard = await withTaskGroup(of: String?.self) { group in
            for index in 0..<40 {
                group.addTask {
                    let name = index % 4 < 2 ? "eva" : "ola"
                    do {
                        let reply = QuestionReply.sample(by: name)
                        try await stores[index % 2].commit([.questionAnswered(id, reply)])
                        return name
                    } catch {
                        let isLate =
                            Failure.isOf(.votedAlready)(error)
                            || Failure.isOf(.answeredAlready)(error)
                        return isLate ? nil : "\(error)"
                    }
                }
            }
            return await group.compactMap { $0 }.reduce(into: []) { $0.append($1) }
        }
        #expect(heard.sorted() == ["eva", "ola"])
        #expect(Set(try store.question(id).votes.map(\.by)) == ["eva", "ola"])
        #expect(try store.question(id).state == .answered)
    }

    @Test func `delegation and escalation read back as they were written`() async throws {
        let escalation = Escalation(to: .role("chief"), at: .second(4))
        try await ask(.sample(who: .user("eva"), escalation: escalation))
        let eva = Person(name: "eva")
        try await store.commit([
            .questionDelegated(id, to: Person(name: "ola"), by: eva, at: .second(2)),
            .questionEscalated(id, at: .second(4)),
        ])
        try await store.commit([.questionAnswered(id, .sample(by: "ola", at: 5))])
        let question = try lab.open().question(id)
        #expect(
            question.delegations == [
                Delegation(by: "eva", to: "ola", voice: "eva", at: .second(2))
            ])
        #expect(question.escalatedAt == .second(4))
        #expect(question.votes.map(\.voice) == ["eva"] && question.by == "ola")
        await #expect {
            try await store.commit([
                .questionDelegated(id, to: Person(name: "per"), by: eva, at: .second(6))
            ])
        } throws: { Failure.isOf(.answeredAlready)($0) }
    }

    @Test func `an unknown question is named`() async throws {
        await #expect {
            try await store.commit([.questionAnswered(QuestionID(7), .sample())])
        } throws: { Failure.isOf(.unknownName)($0) && "\($0)".contains("question 7") }
        #expect { try store.question(QuestionID(7)) } throws: { Failure.isOf(.unknownName)($0) }
    }
}
