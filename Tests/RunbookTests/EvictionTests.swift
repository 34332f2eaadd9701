// A run depends on nothing that is not written down: thrown out of memory before each of its calls,
// and not only where it waits, every example leaves what it leaves undisturbed.
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct EvictionTests {
    @Test(arguments: Example.all)
    func `B-2: a run that leaves memory before each call ends as if it never had`(
        example: Example
    ) async throws {
        let prepared = try await example.world()
        var left: [Transcript] = []
        for evicting in [false, true] {
            let world = try World(copying: prepared)
            let engine = try world.engine(evicting: evicting)
            let run = try await engine.start(example.request(in: world))
            let record = try await world.finish(run, on: engine)
            #expect(record.state == .completed, "\(record.failure.map(\.description) ?? "")")
            left.append(try await Transcript(of: run, in: world))
        }
        #expect(left[1].differences(from: left[0]) == [])
    }

    @Test func `a pass of a run that is thrown out ends where it would`() async throws {
        let world = try await World(runbooks: [
            "trial.lua": """
            local before = {}
            return runbook { summary = "A test", run = function()
              before[1] = true
              fabric.vm "sql01"
              fabric.vm "sql02"
              job.ask "Go on?"
              return before
            end }
            """
        ])
        let engine = try world.engine(evicting: true)
        let run = try await engine.start(world.request("trial"))
        #expect(try await engine.pass(run).state == .waiting)
        #expect(try engine.services.store.entries(of: run).count == 5)
        #expect(try await world.finish(run, on: engine).state == .completed)
    }
}
