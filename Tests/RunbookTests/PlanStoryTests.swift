// Whole plans over the fabric, with faults at every primitive, deaths at any commit, lost sites and
// people who do not answer. MUSTER_PLAN_SEEDS says how many stories, MUSTER_PLAN_SEED the first.
import Foundation
import TestSupport
import Testing

@Suite struct PlanStoryTests {
    private static let seeds =
        ProcessInfo.processInfo.environment["MUSTER_PLAN_SEEDS"].flatMap { Int($0) } ?? 20
    private static let firstSeed =
        ProcessInfo.processInfo.environment["MUSTER_PLAN_SEED"].flatMap { UInt64($0) } ?? 1
    /// Stories told side by side; each is its own lab.
    private static let strands = 2

    @Test func `a plan ends legal and explained whatever breaks, and its runs lead home`()
        async throws
    {
        let origin = try await PlanStory.origin()
        let seeds = (0..<UInt64(Self.seeds)).map { Self.firstSeed + $0 }
        await withTaskGroup { group in
            for strand in 0..<Self.strands {
                group.addTask {
                    for seed in seeds where seed % UInt64(Self.strands) == UInt64(strand) {
                        await Self.tell(seed, copying: origin)
                    }
                }
            }
        }
    }

    private static func tell(_ seed: UInt64, copying origin: World) async {
        var told: [String] = []
        do {
            let story = try PlanStory(copying: origin, seed: seed)
            do {
                try await story.unfold()
            } catch {
                told = story.lines
                throw error
            }
        } catch {
            Issue.record("seed \(seed): \(error)\n  \(told.joined(separator: "\n  "))")
        }
    }
}
