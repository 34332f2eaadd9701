// The engine against the reference model, over random sequences; and that each planted mutation of
// it is noticed. `Modelled.md` says what is modelled, and how a seed is told again.
import Foundation
import Fabric
import Model
import Testing

@testable import Replication

@Suite struct ModelTests {
    private static let sequenceSteps = 60
    private static let steps =
        ProcessInfo.processInfo.environment["MUSTER_MODEL_STEPS"].flatMap(Int.init) ?? 3_000
    private static let firstSeed =
        ProcessInfo.processInfo.environment["MUSTER_MODEL_SEED"].flatMap(UInt64.init) ?? 0
    /// Each failing sequence is shrunk, which takes its time.
    private static let storiesMax = 5
    /// Sequences told side by side; each is its own world.
    private static let strands = 2

    @Test func `no sequence of verbs, faults and deaths leaves the model`() async throws {
        let seen = Locked<Set<ProtectionState>>([])
        let told = Locked<[String]>([])
        let count = max(1, Self.steps / Self.sequenceSteps)
        try await withThrowingTaskGroup { group in
            for strand in 0..<Self.strands {
                group.addTask {
                    for number in stride(from: strand, to: count, by: Self.strands) {
                        let sequence = try await ModelSequence.draw(
                            seed: Self.firstSeed + UInt64(number), count: Self.sequenceSteps)
                        seen.withLock { $0.formUnion(sequence.seen) }
                        guard sequence.broken != nil else { continue }
                        let least = try await sequence.shrunk()
                        let failed = told.withLock {
                            $0.append(least.story)
                            return $0.count
                        }
                        if failed >= Self.storiesMax { return }
                    }
                }
            }
            try await group.waitForAll()
        }
        let stories = told.withLock { $0 }
        #expect(stories.isEmpty, "\(stories.joined(separator: "\n\n"))")
        let missing = Set(ProtectionState.allCases).subtracting(seen.withLock { $0 })
        // One seed that is told again cannot come by every state.
        #expect(count < 40 || missing.isEmpty, "never reached: \(missing)")
    }

    struct Planted: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let mutation: Mutation
        var stepsMax = 15
    }

    static let planted: [Planted] = [
        Planted(
            testDescription: "the record before the disks are written",
            mutation: Mutation(order: moving(.recordPoint, before: .writeDisks))),
        Planted(
            testDescription: "the undo made again from half-written disks",
            mutation: Mutation(order: ApplyStep.order.filter { $0 != .reuseInverse })),
        Planted(
            testDescription: "undo logs dropped before the merged one has its name",
            mutation: Mutation(
                mergeOrder: [.writeMerged, .syncMerged, .dropParts, .nameMerged, .syncName]),
            // Four points over two hours come before anything is merged.
            stepsMax: 20),
        Planted(
            testDescription: "the cut acknowledged before the record",
            mutation: Mutation(acknowledgesAtCut: true)),
    ]

    @Test(arguments: planted)
    func `a planted mutation is caught, and shrunk to a few steps`(
        _ planted: Planted
    ) async throws {
        var caught: ModelSequence?
        for seed in 0..<400 where caught == nil {
            let sequence = try await ModelSequence.draw(
                seed: UInt64(seed), count: Self.sequenceSteps, planted.mutation)
            if sequence.broken != nil { caught = sequence }
        }
        let least = try await #require(caught).shrunk(planted.mutation)
        #expect(least.steps.count <= planted.stepsMax, "\(least.story)")
        #expect(least.broken != nil)
    }

    private static func moving(_ step: ApplyStep, before other: ApplyStep) -> [ApplyStep] {
        var order = ApplyStep.order.filter { $0 != step }
        order.insert(step, at: order.firstIndex(of: other)!)
        return order
    }
}
