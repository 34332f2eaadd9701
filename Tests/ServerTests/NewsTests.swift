// Questions that are told outside, to a receiver that listens, refuses, hangs and hangs up; and the
// links by which they are answered.
import Foundation
import Model
import Orchestration
import Store
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(10))) struct NewsTests {
    private static let secret = "the secret of the relay"

    private func courier(
        _ house: House, to receiver: Receiver, limit: Duration = .seconds(5),
        on orchestrator: Orchestrator? = nil
    ) throws -> NewsCourier {
        let post = try LoopbackPost(to: receiver.url, limit: limit)
        return NewsCourier(
            orchestrator ?? house.orchestrator,
            to: NewsReceiver(
                url: receiver.url, secret: Self.secret, base: "http://127.0.0.1:8420")
        ) { try await post.send($0, $1) }
    }

    /// The path of that person's link in a call.
    private func link(_ call: Receiver.Call, _ person: String) throws -> String {
        let links = try #require(call.value["links"]?.list)
        let url = try #require(
            links.first { $0["person"]?.text == person }?["url"]?.text)
        return String(url.dropFirst("http://127.0.0.1:8420".count))
    }

    private func refusals(_ house: House) throws -> [String] {
        try house.store.events().filter { $0.topic == "link.refused" }
            .compactMap { try Value(json: $0.record)["reason"]?.text }
    }

    @Test func `M-3: a question is told once, signed, with a link for each who may answer`()
        async throws
    {
        let house = try await House()
        let receiver = try Receiver(.answers(204))
        let id = try await house.ask(.sample(who: .role("fabric-admin")))
        #expect(try await courier(house, to: receiver).look() == nil)
        #expect(try await courier(house, to: receiver).look() == nil)
        let call = try #require(receiver.calls.first)
        #expect(receiver.calls.count == 1)
        #expect(call.value["occasion"]?.text == "asked")
        #expect(call.value["question"]?["id"]?.integer == id.number)
        #expect(call.value["run"]?["started_by"]?.text == "eva")
        #expect(call.value["links"]?.list?.map { $0["person"]?.text } == ["eva"])
        let signature = try CallSignature(
            timestamp: call.headers["muster-timestamp"],
            signature: call.headers["muster-signature"], now: House.clock.now)
        try signature.require(Self.secret, for: Array(call.body.utf8))
    }

    @Test func `M-3: opening a link answers nothing, its form answers for that person, once`()
        async throws
    {
        let house = try await House()
        let receiver = try Receiver(.answers(200))
        let id = try await house.ask(.sample(quorum: 2))
        _ = try await courier(house, to: receiver).look()
        let path = try link(try #require(receiver.calls.first), "eva")
        try await house.serving { client in
            for _ in 1...2 {
                let page = try await client.get(path, token: nil)
                #expect(page.status == 200)
                #expect(page.body.contains("Is the share readable?"))
                #expect(!page.body.contains("<script"))
                #expect(page.headers["referrer-policy"] == "no-referrer")
            }
            #expect(try house.store.question(id).votes.isEmpty)
            let empty = try await client.post(path, "comment=x", token: nil)
            #expect(empty.status == 400, "silence is no answer")
            let said = try await client.post(
                path, "say=answer&answer=yes&comment=seen+it%21", token: nil)
            #expect(said.status == 200)
            #expect(said.body.contains("eva was heard"))
            let vote = try #require(try house.store.question(id).votes.first)
            #expect(vote.by == "eva" && vote.answer == .boolean(true))
            #expect(vote.comment == "seen it!" && vote.channel == "link")
            let again = try await client.post(path, "say=answer&answer=yes", token: nil)
            #expect(again.status == 409)
            #expect(try await client.get(path, token: nil).status == 409)
        }
        #expect(try house.store.question(id).votes.count == 1)
        #expect(
            try refusals(house) == [
                "usage.invalid", "question.voted_already", "question.voted_already",
            ])
    }

    @Test func `M-3: a link that is wrong, of another, or old is refused and kept`()
        async throws
    {
        let house = try await House()
        let receiver = try Receiver(.answers(200))
        let first = try await house.ask()
        let second = try await house.ask(.sample(deadline: .second(2000)))
        _ = try await courier(house, to: receiver).look()
        let paths = try receiver.calls.map { try link($0, "eva") }.sorted()
        try await house.serving { client in
            let mac = paths[0].split(separator: "-")[2]
            let lars = "lars".utf8.map { String($0, radix: 16) }.joined()
            for wrong in [
                "\(paths[0])0", "/answer/x", "/answer/9-657661-\(mac)",
                "/answer/\(second)-657661-\(mac)", "/answer/\(first)-\(lars)-\(mac)",
            ] {
                let answer = try await client.post(wrong, "say=answer&answer=yes", token: nil)
                #expect(answer.status == 403, "\(wrong)")
            }
            try await house.store.commit([.questionExpired(second, at: .second(2000))])
            #expect(try await client.get(paths[1], token: nil).status == 409)
            try await house.store.commit([.questionWithdrawn(first, at: .second(950))])
            #expect(try await client.post(paths[0], "say=refuse", token: nil).status == 409)
        }
        let expected =
            Array(repeating: Failure.Code.linkInvalid.name, count: 5)
            + ["question.expired", "question.withdrawn"]
        #expect(try refusals(house) == expected)
        #expect(try house.store.question(first).votes.isEmpty)
        let kept = try house.store.events().map(\.record).joined()
        for path in paths { #expect(!kept.contains(path.dropFirst(8)), "a link is a secret") }
    }

    @Test func `M-3: a text is shown as it was written, and never as markup`() async throws {
        let house = try await House()
        let receiver = try Receiver(.answers(200))
        var request = QuestionRequest.sample(form: .choices(["a\"><b>", "c"]))
        request.title = "<script>alert(1)</script>"
        _ = try await house.ask(request)
        _ = try await courier(house, to: receiver).look()
        let path = try link(try #require(receiver.calls.first), "eva")
        let page = try await house.serving { try await $0.get(path, token: nil) }
        #expect(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(page.body.contains("value=\"a&quot;&gt;&lt;b&gt;\""))
        #expect(!page.body.contains("<script") && !page.body.contains("<b>"))
    }

    @Test(arguments: [Receiver.Manner.answers(503), .hangs, .hangsUp])
    func `M-3: a receiver that does not take it is tried for a day, and then given up`(
        manner: Receiver.Manner
    ) async throws {
        let world = try await World(runbooks: ["asks.lua": Self.asks])
        let engine = try world.engine()
        let run = try await engine.start(world.request("asks"))
        #expect(try await engine.pass(run).state == .waiting)
        let house = try await House()
        let receiver = try Receiver(manner)
        let courier = try courier(
            house, to: receiver, limit: .milliseconds(30), on: engine)
        let begun = world.clock.now
        var attempts = 0
        while let next = try await courier.look() {
            attempts += 1
            world.clock.advance(to: next)
        }
        #expect(world.clock.now - begun <= .seconds(86_400))
        #expect((20...40).contains(attempts), "\(attempts)")
        let untold = try engine.services.store.events(of: run)
            .filter { $0.topic == "question.untold" }
        #expect(untold.count == 1)
        #expect(try Value(json: untold[0].record)["attempts"]?.integer == Int64(attempts + 1))
        let report = try engine.report(run)
        #expect(report.text.contains("question.untold: attempts \(attempts + 1), occasion asked"))
        #expect(try engine.services.store.openQuestions().count == 1, "it may still be answered")
    }

    @Test func `M-3: wherever the engine dies, a question is told, and a settled one is not`()
        async throws
    {
        for moment in Death.Moment.allCases {
            let world = try await World(runbooks: ["asks.lua": Self.asks])
            let house = try await House()
            let receiver = try Receiver(.answers(200))
            let healthy = try world.engine(rights: Self.rights)
            let run = try await healthy.start(world.request("asks"))
            _ = try await healthy.pass(run)
            let dying = try world.engine(
                dying: Death(at: 1, moment), rights: Self.rights)
            _ = try? await courier(house, to: receiver, on: dying).look()
            _ = try await courier(house, to: receiver, on: healthy).look()
            #expect(receiver.calls.count == (moment == .before ? 2 : 1), "at least once")
            let links = receiver.calls.map { $0.value["links"] }
            #expect(Set(links).count == 1, "told twice, it is the same link")
            let settled = try await healthy.start(world.request("asks"))
            _ = try await healthy.pass(settled)
            let id = try #require(try healthy.services.store.questions(of: settled).first?.id)
            try await healthy.answer(
                id, .text("yes"), comment: nil, by: World.eva, channel: "test")
            #expect(try await courier(house, to: receiver, on: healthy).look() == nil)
            #expect(receiver.calls.count == links.count)
        }
    }

    @Test func `M-3: a question that escalates is told again, to those who are asked too`()
        async throws
    {
        let house = try await House()
        let receiver = try Receiver(.answers(200))
        let id = try await house.ask(
            .sample(who: .user("ola"), escalation: Escalation(to: .user("kari"), at: .second(990))))
        _ = try await courier(house, to: receiver).look()
        try await house.store.commit([.questionEscalated(id, at: .second(995))])
        _ = try await courier(house, to: receiver).look()
        #expect(receiver.calls.map { $0.value["occasion"]?.text } == ["asked", "escalated"])
        _ = try link(receiver.calls[1], "kari")
    }

    @Test(arguments: ["https://127.0.0.1:1/", "http://relay.example/", "127.0.0.1:80", "http://"])
    func `R-2: a receiver is on this machine`(url: String) {
        let failure = #expect(throws: Failure.self) { try LoopbackPost(to: url) }
        #expect([.notLoopback, .usage].contains(failure?.code))
    }

    private static let rights = Rights(people: ["eva": ["fabric-admin"]])
    private static let asks = """
        return runbook { summary = "Asks.", run = function() job.ask "Go on?" end }
        """
}
