// Questions as authors write them: quorums, barred starters, names to type, escalation, delegation;
// what a run makes of them, and what its report tells.
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct QuestionTests {
    private static let ola = Person(name: "ola", roles: ["admin"])
    private static let kari = Person(name: "kari", roles: ["admin"])
    private static let nina = Person(name: "nina", roles: ["chief"])
    private static let id = QuestionID(1)
    private static let people: [String: Set<String>] = [
        "ola": ["admin"], "kari": ["admin"], "nina": ["chief"], "lars": [],
    ]

    /// A run of Eva's that has put its question with those options.
    private func asking(
        _ options: String, ringing: (@Sendable (Notice) -> Void)? = nil
    ) async throws -> (World, Orchestrator, RunID) {
        let world = try await World(runbooks: [
            "ask.lua": """
            return runbook {
              summary = "Asks",
              run = function()
                return job.ask("Go on?", { \(options) })
              end,
            }
            """
        ])
        let plain = try world.engine(rights: Rights(people: Self.people))
        let engine = Orchestrator(
            services: plain.services, catalogue: plain.catalogue, library: plain.library,
            version: "test", ring: ringing ?? { _ in })
        let run = try await engine.start(world.request("ask"))
        try await engine.pass(run)
        return (world, engine, run)
    }

    @discardableResult
    private func answer(
        _ engine: Orchestrator, _ answer: Value?, by person: Person
    ) async throws -> Question {
        try await engine.answer(Self.id, answer, comment: nil, by: person, channel: "command")
    }

    @Test func `M-1: a run waits for its quorum, and the report tells each vote`() async throws {
        let topics = Locked<[Notice.Topic]>([])
        let (_, engine, run) = try await asking(
            #"by = "role:admin", quorum = 2, choices = { "east", "west" }"#
        ) { notice in topics.withLock { $0.append(notice.topic) } }
        topics.withLock { $0 = [] }
        try await answer(engine, "west", by: Self.ola)
        #expect(try await engine.pass(run).state == .waiting)
        await #expect {
            try await answer(engine, "west", by: Self.ola)
        } throws: { ($0 as? Failure)?.code == .votedAlready }
        try await answer(engine, "west", by: Self.kari)
        #expect(topics.withLock { $0 }.filter { $0 != .runChanged } == [.voted, .answered])
        #expect(try await engine.pass(run).state == .completed)
        let report = try engine.report(run)
        #expect(report.returned == "west")
        for line in ["answered west by kari", "  ola west", "  kari west"] {
            #expect(report.text.contains(line), "\(report.text)")
        }
        let votes = report.value["questions"]?.list?.first?["votes"]?.list ?? []
        #expect(votes.map { $0["by"]?.text } == ["ola", "kari"])
        #expect(votes.allSatisfy { $0["channel"]?.text == "command" })
    }

    @Test func `M-2: one refusal aborts, whatever the others said`() async throws {
        let (_, engine, run) = try await asking(#"by = "role:admin", quorum = 2"#)
        try await answer(engine, "yes", by: Self.ola)
        try await answer(engine, nil, by: Self.kari)
        #expect(try await engine.pass(run).failure?.code == .questionRefused)
    }

    @Test func `too few voices at the deadline abort`() async throws {
        let (world, engine, run) = try await asking(
            #"by = "role:admin", quorum = 2, deadline = "1h""#)
        try await answer(engine, "yes", by: Self.ola)
        world.clock.advance(by: .seconds(3600))
        let record = try await engine.pass(run)
        #expect(record.state == .aborted && record.failure?.code == .questionExpired)
        #expect(record.failure?.message.hasPrefix("too few answered") == true)
    }

    @Test func `M-1: whoever started the run is refused by name`() async throws {
        let (_, engine, run) = try await asking("not_starter = true")
        await #expect {
            try await answer(engine, "yes", by: World.eva)
        } throws: { ($0 as? Failure)?.code == .notYours && "\($0)".contains("eva") }
        try await answer(engine, "yes", by: Self.ola)
        #expect(try await engine.pass(run).state == .completed)
    }

    @Test func `M-1: a name is typed exactly`() async throws {
        let (_, engine, run) = try await asking(#"form = "name", exactly = "sql01""#)
        await #expect {
            try await answer(engine, "sql02", by: Self.ola)
        } throws: { ($0 as? Failure)?.code == .answerInvalid }
        try await answer(engine, "sql01", by: Self.ola)
        #expect(try await engine.pass(run).state == .completed)
        #expect(try engine.report(run).returned == "sql01")
    }

    @Test func `M-1: silence is escalated once, recorded, and watchers are rung`() async throws {
        let topics = Locked<[Notice.Topic]>([])
        let (world, engine, run) = try await asking(
            #"by = "role:admin", deadline = "1h", escalate = { to = "role:chief", after = "30m" }"#
        ) { notice in topics.withLock { $0.append(notice.topic) } }
        let asked = world.clock.now
        #expect(try engine.run(run).wakeAt == asked + .seconds(1800))
        await #expect {
            try await answer(engine, "yes", by: Self.nina)
        } throws: { ($0 as? Failure)?.code == .notYours }
        world.clock.advance(by: .seconds(1800))
        #expect(try await engine.pass(run).wakeAt == asked + .seconds(3600))
        #expect(try await engine.pass(run).state == .waiting)
        #expect(topics.withLock { $0 }.count { $0 == .escalated } == 1)
        let events = try engine.services.store.events(of: run)
        #expect(
            events.filter { $0.topic == "question.escalated" }.map(\.record) == [
                #"{"question":1,"to":"role:chief"}"#
            ])
        #expect(try engine.question(Self.id).escalatedAt == world.clock.now)
        try await answer(engine, "yes", by: Self.nina)
        #expect(try await engine.pass(run).state == .completed)
    }

    @Test func `silence after an escalation is a refusal all the same`() async throws {
        let (world, engine, run) = try await asking(
            #"deadline = "1h", escalate = { to = "role:chief", after = "30m" }"#)
        world.clock.advance(by: .seconds(3600))
        #expect(try await engine.pass(run).failure?.code == .questionExpired)
        #expect(try engine.question(Self.id).escalatedAt == nil)
    }

    @Test func `a delegation is a decision, and the delegate answers`() async throws {
        let (_, engine, run) = try await asking(#"by = "role:admin""#)
        let lars = Person(name: "lars")
        await #expect {
            try await engine.delegate(Self.id, to: "lasr", by: Self.ola, comment: nil)
        } throws: { ($0 as? Failure)?.code == .unknownName && "\($0)".contains("'lars'") }
        await #expect {
            try await engine.delegate(Self.id, to: "kari", by: Self.ola, comment: nil)
        } throws: { ($0 as? Failure)?.code == .delegationRefused }
        #expect(try engine.services.store.decisions(of: run).count == 1)
        try await engine.delegate(Self.id, to: "lars", by: Self.ola, comment: "at the site")
        let decision = try #require(try engine.services.store.decisions(of: run).last)
        #expect(decision.who == "ola" && decision.what == "delegate task 1 to lars")
        #expect(decision.reason == "at the site")
        try await answer(engine, "yes", by: lars)
        #expect(try await engine.pass(run).state == .completed)
        let report = try engine.report(run).text
        #expect(report.contains("answered yes by lars for ola"), "\(report)")
        #expect(report.contains("delegate task 1 to lars"), "\(report)")
    }

    @Test(arguments: [
        (#"by = "eva""#, "options.by is no answerer"),
        (#"form = "name""#, "options.exactly is missing"),
        (#"exactly = "x""#, "is for form = \"name\""),
        (#"by = "user:ola", quorum = 2"#, "can never be answered: 1 of the 2"),
        (#"by = "user:eva", not_starter = true"#, "eva started the run"),
        (
            #"deadline = "5m", escalate = { to = "role:chief", after = "5m" }"#,
            "escalate.after must be shorter"
        ),
        (#"escalate = { to = "chief", after = "5m" }"#, "escalate.to is no answerer"),
        ("quorum = 0", "a whole number from 1"),
    ])
    func `what nobody could answer is not asked`(options: String, words: String) async throws {
        let (_, engine, run) = try await asking(options)
        let record = try engine.run(run)
        #expect(record.state == .failed && record.failure?.code == .argumentInvalid)
        #expect(record.failure?.message.contains(words) == true, "\(record.failure as Any)")
        #expect(record.failure?.position?.line == 4)
        #expect(try engine.services.store.questions(of: run).isEmpty)
    }
}
