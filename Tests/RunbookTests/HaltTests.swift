// A run that is put aside, wherever it stands, ends as if it had not been: an example is halted
// after each of its commits in turn, and goes on in another engine.
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct HaltTests {
    /// Halts an execution after the commit of a number, as a wish that is heard then does.
    private final class Halter: CommitObserver {
        let control = RunControl()
        private let number: Int
        private let run: RunRecord
        private let commits = Locked(0)

        init(after number: Int, of run: RunRecord) {
            self.number = number
            var halted = run
            halted.suspension = RunWishMade(by: "eva", reason: nil, at: run.createdAt)
            self.run = halted
        }

        var hasHalted: Bool { commits.withLock { $0 >= number } }

        func willCommit(_ changes: [Change]) throws {}

        func didCommit(_ changes: [Change]) throws {
            let count = commits.withLock { count in
                count += 1
                return count
            }
            if count == number { control.obey(run) }
        }
    }

    private static let examples: [(example: Example, stride: Int)] = [
        (Example(name: "fail-over-machine", parameters: ["vm": "sql01"]), 1),
        (Example(name: "management-stamp", kind: .planned), 7),
        (Example(name: "management-stamp", kind: .test), 9),
    ]

    @Test(arguments: examples)
    func `B-1: put aside after any commit, a run ends as if it had not been`(
        example: Example, stride: Int
    ) async throws {
        let prepared = try await example.world()
        let undisturbed = try World(copying: prepared)
        let engine = try undisturbed.engine()
        let whole = try await engine.start(example.request(in: undisturbed))
        #expect(try await undisturbed.finish(whole, on: engine).state == .completed)
        let expected = try await Transcript(of: whole, in: undisturbed)
        var (number, goesOn) = (1, true)
        while goesOn {
            let world = try World(copying: prepared)
            let run = try await world.engine().start(example.request(in: world))
            let halter = Halter(after: number, of: try world.engine().run(run))
            let halted = try world.engine(observing: halter)
            try await halted.pass(run, control: halter.control)
            goesOn = halter.hasHalted
            // Nobody wished it: so nobody but this pass looks at the run again.
            try await world.engine().pass(run)
            try await world.finish(run, on: world.engine())
            let differences = try await Transcript(of: run, in: world).differences(from: expected)
            #expect(differences == [], "halted after commit \(number)")
            number += stride
        }
        #expect(number > 4, "the example does something")
    }
}
