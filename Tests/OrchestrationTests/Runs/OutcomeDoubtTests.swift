// An act of which nobody can tell whether it happened, cut short: a person is asked, and is
// believed.
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct OutcomeDoubtTests {
    @Test(arguments: [
        ("it happened" as Value, RunState.completed, 1), ("it did not happen", .completed, 2),
    ])
    func `a person says whether it happened`(
        answer: Value, state: RunState, acts: Int
    ) async throws {
        let story = try await Story()
        let run = try await story.cutShort()
        let record = try await story.world.finish(run, on: story.engine) { _ in answer }
        #expect(record.state == state)
        #expect(story.acts == acts)
    }

    @Test func `when nobody says, the run fails and does it no second time`() async throws {
        let story = try await Story()
        let run = try await story.cutShort()
        let record = try await story.world.finish(run, on: story.engine) { _ in nil }
        #expect(record.state == .failed)
        #expect(record.failure?.code == .outcomeUnknown)
        #expect(record.failure?.message.contains("job.signal") == true)
        #expect(story.acts == 1)
    }

    @Test func `the question names the act and its arguments`() async throws {
        let story = try await Story()
        let run = try await story.cutShort()
        try await story.engine.pass(run)
        let questions = try story.engine.services.store.questions(of: run)
        #expect(questions.map(\.request.title) == ["Did job.signal happen before the engine died?"])
        #expect(questions[0].request.instructions?.contains("\"north\"") == true)
    }
}

/// A runbook with one such act, whose engine stops after the act and before its outcome.
private struct Story {
    let world: World
    let engine: Orchestrator
    private let count = Locked(0)

    var acts: Int { count.withLock { $0 } }

    init() async throws {
        world = try await World(runbooks: [
            "signal.lua": """
            return runbook { summary = "s", run = function() job.signal "north" end }
            """
        ])
        let count = count
        engine = try world.engine(adding: [
            Primitive(
                "job.signal", "Fires a signal.",
                parameters: [Parameter("where", .text, required: true, "Where.")],
                effect: .unknowable, example: #"job.signal "north""#
            ) { _ in
                let acts = count.withLock { count in
                    count += 1
                    return count
                }
                if acts == 1 { throw Failure(.storeFull, "the disk is full") }
                return .null
            }
        ])
    }

    func cutShort() async throws -> RunID {
        let run = try await engine.start(world.request("signal"))
        await #expect(throws: Failure.self) { try await engine.pass(run) }
        return run
    }
}
