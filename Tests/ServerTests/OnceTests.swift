// Two people answer at the same instant: one is heard, the other is told who was (M-3).
import Model
import Orchestration
import Store
import Testing

@Suite(.timeLimit(.minutes(10))) struct OnceTests {
    private static let rounds = 25

    @Test func `two answers over HTTP at once: one is heard`() async throws {
        let house = try await House()
        try await house.serving { client in
            for round in 1...Self.rounds {
                let id = try await house.ask(.sample(form: .text))
                async let first = Self.answer(id, as: "eva", over: client)
                async let second = Self.answer(id, as: "lars", over: client)
                try Self.expectOneWinner([try await first, try await second], id, house, round)
            }
        }
    }

    @Test func `an answer over HTTP and one by command at once: one is heard`() async throws {
        let house = try await House()
        let door = try house.otherDoor()
        try await house.serving { client in
            for round in 1...Self.rounds {
                let id = try await house.ask(.sample(form: .text))
                async let first = Self.answer(id, as: "eva", over: client)
                async let second = Self.answer(id, as: "lars", by: door)
                try Self.expectOneWinner([try await first, try await second], id, house, round)
            }
        }
    }

    private struct Outcome: Sendable {
        let who: String
        let wasHeard: Bool
        /// Who was first, as the loser was told.
        let winner: String?
    }

    private static func answer(
        _ id: QuestionID, as name: String, over client: HTTPClient
    ) async throws -> Outcome {
        let answer = try await client.post(
            "/api/tasks/\(id)/answer", #"{"answer":"\#(name) was here"}"#,
            token: "token-of-\(name)")
        #expect([200, 409].contains(answer.status), "\(answer)")
        return Outcome(
            who: name, wasHeard: answer.status == 200,
            winner: answer.error["context"]?["by"]?.text)
    }

    private static func answer(
        _ id: QuestionID, as name: String, by door: Orchestrator
    ) async throws -> Outcome {
        do {
            try await door.answer(
                id, .text("\(name) was here"), comment: nil, by: Person(name: name),
                channel: "command")
            return Outcome(who: name, wasHeard: true, winner: nil)
        } catch let failure as Failure where failure.code == .answeredAlready {
            return Outcome(who: name, wasHeard: false, winner: failure.context["by"])
        }
    }

    private static func expectOneWinner(
        _ outcomes: [Outcome], _ id: QuestionID, _ house: House, _ round: Int
    ) throws {
        let winners = outcomes.filter(\.wasHeard)
        try #require(winners.count == 1, "round \(round): \(outcomes)")
        #expect(outcomes.first { !$0.wasHeard }?.winner == winners[0].who, "round \(round)")
        let question = try house.store.question(id)
        #expect(question.by == winners[0].who)
        #expect(question.answer == .text("\(winners[0].who) was here"))
    }
}
