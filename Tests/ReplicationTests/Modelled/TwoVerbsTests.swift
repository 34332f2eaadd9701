// Two verbs at once on one protection leave what they would leave one after the other, in one of
// the two orders; or one of them was refused, and what there is is the other's alone.
import Model
import Testing

@testable import Replication

@Suite struct TwoVerbsTests {
    private static let stories = 20
    /// What differs between one engine and two: the faults of a line are told by the engine.
    private static let unfit: Set<ModelStep.Act> = [.spoilLine]

    @Test func `two verbs at once end as one after the other, or one is refused`() async throws {
        for seed in 0..<UInt64(Self.stories) {
            var story = try await ModelSequence.draw(seed: seed, count: 24)
            guard story.broken == nil else { continue }
            story.steps = story.steps.filter { !Self.unfit.contains($0.act) }.map(\.calm)
            var generator = SeededGenerator(seed: seed)
            var first = ModelStep(
                act: ModelStep.Act.verbs.randomElement(using: &generator)!,
                machine: ["vm", "vm", "db", "vm:extended"].randomElement(using: &generator)!,
                number: Int.random(in: 0..<10_000, using: &generator))
            first.meanwhile = ModelStep.Act.verbs.randomElement(using: &generator)!
            let (alone, second) = (first.calm, first.second!)
            let together = try await sight(after: story.steps + [first])
            // A resync that is suspended stops; one that has ended is suspended as a cycle is.
            if together.records[first.machine]?.state == .resyncSuspended { continue }
            var legal = [
                try await sight(after: story.steps + [alone, second]),
                try await sight(after: story.steps + [second, alone]),
            ]
            for step in [alone, second] {
                legal.append(try await sight(after: story.steps + [step]))
            }
            #expect(
                legal.contains(together),
                "seed \(seed): \(first)\n\(together)\nis none of\n\(legal)")
        }
    }

    private func sight(after steps: [ModelStep]) async throws -> Sight {
        let world = try await ModelWorld(seed: 0)
        for step in steps { try await world.perform(step) }
        return Sight(world)
    }
}

extension ModelStep {
    /// The verb alone, and it lives.
    fileprivate var calm: ModelStep { ModelStep(act: act, machine: machine, number: number) }
}
