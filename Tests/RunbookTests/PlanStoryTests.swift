// Whole plans over the fabric, with faults at every primitive, slow disks, deaths at any commit,
// lost sites and people who do not answer: `Stories` by the name PLAN.
import TestSupport
import Testing

@Suite struct PlanStoryTests {
    @Test func `a plan ends legal and explained whatever breaks, and its runs lead home`()
        async throws
    {
        let origin = try await PlanStory.origin()
        await Stories("PLAN", count: 20).tell { seed in
            let story = try PlanStory(copying: origin, seed: seed)
            do {
                try await story.unfold()
            } catch {
                let told = ["\(error)"] + story.lines
                throw PlanViolation(description: told.joined(separator: "\n  "))
            }
        }
    }
}
