// B-4: trying again with growing pauses, and waiting for a condition or a time, both out of memory.
import Fabric
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct PatienceTests {
    private static func runbook(_ body: String) -> String {
        "return runbook {\n  summary = \"A test\",\n  run = function()\n\(body)\n  end,\n}"
    }

    /// Fails until it is called for that time.
    private func flaky(_ successAt: Int, _ code: Failure.Code = .fileSystem) -> Primitive {
        let count = Locked(0)
        return Primitive(
            "test.try", "Tries.", effect: .repeatable, example: "test.try()"
        ) { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            guard number >= successAt else { throw Failure(code, "not yet") }
            return .integer(Int64(number))
        }
    }

    private func run(
        _ body: String, _ primitive: Primitive
    ) async throws -> (record: RunRecord, report: RunReport, seconds: Double) {
        let world = try await World(runbooks: ["trial.lua": Self.runbook(body)])
        let begun = world.clock.now
        let engine = try world.engine(adding: [primitive])
        let record = try await world.run(world.request("trial"), on: engine)
        return (record, try engine.report(record.id), (world.clock.now - begun).seconds)
    }

    private static let retries: [(options: String, seconds: Double)] = [
        ("nil", 10 + 20 + 40), (#"{ pause = "1s" }"#, 1 + 2 + 4),
        (#"{ pause = "1s", factor = 1 }"#, 3),
        (#"{ pause = "10s", longest = "15s" }"#, 10 + 15 + 15),
        (#"{ codes = { "store.full", "files.*" }, pause = "1s" }"#, 7),
        (#"{ deadline = "70s" }"#, 70),
    ]

    @Test(arguments: retries)
    func `B-4: what fails is tried again after growing pauses`(
        options: String, seconds: Double
    ) async throws {
        let (record, report, took) = try await run(
            "return job.retry(test.try, \(options))",
            flaky(4))
        #expect(record.state == .completed, "\(record.failure.map(\.description) ?? "")")
        #expect(report.returned == 4)
        #expect(took == seconds)
        #expect(report.notes.map(\.level) == [.warning, .warning, .warning])
        #expect(report.notes.first?.text == "attempt 1 failed: not yet [files.failed]")
    }

    private static let given: [(options: String, attempts: Int)] = [
        (#"{ attempts = 2 }"#, 2), (#"{ codes = { "store.*" } }"#, 1), (#"{ deadline = "9s" }"#, 1),
        (#"{ deadline = "69s" }"#, 3),
    ]

    @Test(arguments: given)
    func `B-4: the failure itself is raised when it is not tried again`(
        options: String, attempts: Int
    ) async throws {
        let (record, report, _) = try await run(
            "job.retry(test.try, \(options))", flaky(9))
        #expect(record.failure?.code == .fileSystem)
        #expect(record.failure?.position?.line == 4)
        #expect(report.acts.count { $0.primitive == "test.try" } == attempts)
    }

    @Test(arguments: [Failure.Code.refused, .questionRefused, .argumentInvalid])
    func `B-4: what another attempt cannot change is not tried again`(
        code: Failure.Code
    ) async throws {
        let (record, report, _) = try await run("job.retry(test.try)", flaky(2, code))
        #expect(record.failure?.code == code)
        #expect(report.acts.count { $0.primitive == "test.try" } == 1)
    }

    @Test func `B-4: a mistake in the text is not tried again, and is told at its line`()
        async throws
    {
        let (record, _, seconds) = try await run(
            "job.retry(function()\nreturn nothing_of_that_name\nend)", flaky(1))
        #expect(record.failure?.code == .luaName)
        #expect(record.failure?.position?.line == 5)
        #expect(seconds == 0)
    }

    @Test func `B-4: jitter is chance that is the same in every replay`() async throws {
        let body =
            #"job.retry(test.try, { pause = "100s", factor = 1, jitter = 0.5, attempts = 9 })"#
        let (_, _, first) = try await run(body, flaky(5))
        let (_, _, second) = try await run(body, flaky(5))
        #expect(first == second)
        #expect(first != 400)
        #expect((200...600).contains(first))
    }

    @Test func `B-4: an abort is not tried away`() async throws {
        let world = try await World(runbooks: [
            "trial.lua": Self.runbook(#"job.retry(function() job.ask "Go on?" end)"#)
        ])
        let engine = try world.engine()
        let run = try await engine.start(world.request("trial"))
        #expect(try await engine.pass(run).state == .waiting)
        try await engine.wish(.abort, of: run, by: World.eva, reason: nil)
        #expect(try await engine.pass(run).state == .aborted)
        #expect(try engine.services.store.questions(of: run).count == 1)
    }

    private static let mistakes: [(call: String, told: String)] = [
        ("job.retry(test.try, { factor = 0.5 })", "options.factor must be 1 at least"),
        ("job.retry(test.try, { jitter = 2 })", "options.jitter must be from 0 to 1"),
        ("job.retry(test.try, { atempts = 2 })", "did you mean 'attempts'?"),
        ("job.retry(7)", "attempt must be a function"),
        (#"job.wait_until("soon")"#, "condition must be a function, or a time"),
        (#"job.wait_until("22:00", { every = "5s" })"#, "options.every is for a condition"),
        ("job.wait_until(test.try, { zone = \"UTC\" })", "options.zone is for a time"),
        ("job.wait_until(test.try, { evry = \"5s\" })", "did you mean 'every'?"),
        (#"job.wait_until("22:00", { zone = "Europe/Olso" })"#, "Europe/Oslo"),
    ]

    @Test(arguments: mistakes)
    func `B-4: a mistake is told before anything is waited for or tried`(
        call: String, told: String
    ) async throws {
        let (record, report, seconds) = try await run(call, flaky(1))
        #expect(record.state == .failed)
        #expect(record.failure?.message.contains(told) == true, "\(record.failure?.message ?? "")")
        #expect(record.failure?.position?.line == 4)
        #expect(seconds == 0)
        #expect(!report.acts.contains { $0.primitive == "test.try" })
    }

    @Test func `B-4: a condition is looked at until it is true, the run out of memory between`()
        async throws
    {
        let later = try await run(
            """
            return job.wait_until(function()
              local number = test.try_try()
              return number and { number = number }
            end, { every = "30s", deadline = "5m" })
            """, flaky(4))
        #expect(later.report.returned == ["number": 4])
        #expect(later.record.state == .completed)
        #expect(later.seconds == 90)
    }

    private static let late: [(options: String, told: String)] = [
        (#"what = "the moon""#, "the moon did not become true within 2m; it was looked at 5 times"),
        ("", "the condition at trial.lua:4 did not become true within 2m"),
    ]

    @Test(arguments: late)
    func `B-4: a condition that does not come true is named with its line at the deadline`(
        options: String, told: String
    ) async throws {
        let (record, _, seconds) = try await run(
            #"job.wait_until(function() return false end, { every = "30s", deadline = "2m", \#(options) })"#,
            flaky(1))
        #expect(record.failure?.code == .runTimedOut)
        #expect(record.failure?.message.hasPrefix(told) == true, "\(record.failure?.message ?? "")")
        #expect(record.failure?.position?.line == 4)
        #expect(seconds == 120)
    }

    @Test func `B-4: a failure is handed back by the try form, and an abort is not`() async throws {
        let (record, report, _) = try await run(
            """
            local seen, failure = job.try_wait_until(function() return false end,
              { every = "1m", deadline = "1m" })
            return { seen == nil, failure.code, (job.try_retry(function() return "yes" end)) }
            """, flaky(1))
        #expect(record.state == .completed)
        #expect(report.returned == [true, "run.timed_out", "yes"])
    }

    private static let times: [(call: String, seconds: Double)] = [
        (#""22:30""#, 1800), (#""21:30""#, 84_600), (#""2026-03-02T00:00:00Z""#, 7200),
        (#""2026-02-01T00:00:00Z""#, 0), (#""23:30", { zone = "Europe/Oslo" }"#, 1800),
    ]

    @Test(arguments: times)
    func `B-4: a time is waited for, of the clock or of the calendar`(
        call: String, seconds: Double
    ) async throws {
        let (record, _, took) = try await run("job.wait_until(\(call))", flaky(1))
        #expect(record.state == .completed)
        #expect(took == seconds)
    }
}
