// Going on from a run under death: whenever the engine that goes on dies, the next one comes to the
// same end, and what the first run had done is done once.
import Model
import Orchestration
import Store
import TestSupport
import Testing

@Suite struct FollowingDeathTests {
    private static let text = onePlan(
        #"""
        before = { step { "first", run = function() job.note "first" end } },
        shutdown = { after = { step { "breaks", run = function() error "broken" end } } },
        """#, vms: #"{ machine { "sql01", overrides = { processors = 2 } } }"#)

    @Test func `P-8: whenever the engine dies, a run that goes on ends as if it had not`()
        async throws
    {
        let prepared = try await World()
        let failed = try await prepared.plan(Self.text).run.id
        let undisturbed = try World(copying: prepared)
        let expected = try await undisturbed.goOn(from: failed, .skip, reason: "a drill").run
        try #require(expected.state == .completed)
        let transcript = try await Transcript(of: expected.id, in: undisturbed)
        for moment in Death.Moment.allCases {
            var number = 1
            while try await isKilled(at: number, moment, in: prepared, failed, transcript) {
                number += 1
            }
            #expect(number > 10)
        }
    }

    private func isKilled(
        at number: Int, _ moment: Death.Moment, in prepared: World, _ failed: RunID,
        _ expected: Transcript
    ) async throws -> Bool {
        let world = try World(copying: prepared)
        let death = Death(at: number, moment)
        func begin(on engine: Orchestrator) async throws -> RunID {
            try await engine.goOn(from: failed, .skip, by: World.eva, reason: "a drill")
        }
        do {
            let dying = try world.engine(dying: death)
            try await world.finish(try await begin(on: dying), on: dying)
        } catch is SimulatedDeath {}
        let heir = try world.engine()
        let run: RunID
        if let begun = try heir.services.store.successor(of: failed) {
            run = begun
        } else {
            run = try await begin(on: heir)
        }
        try await world.finish(run, on: heir)
        let differences = try await Transcript(of: run, in: world).differences(from: expected)
        #expect(differences == [], "killed \(moment.rawValue) commit \(number)")
        return death.hasStruck
    }
}
