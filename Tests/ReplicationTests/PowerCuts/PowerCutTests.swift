// The order of writes over thousands of power cuts; and that each wrong order is noticed.
import Foundation
import Testing

@testable import Replication

@Suite struct PowerCutTests {
    private static let seeds =
        ProcessInfo.processInfo.environment["MUSTER_POWER_CUT_SEEDS"].flatMap(UInt64.init) ?? 300

    /// Stories told side by side; each is its own world.
    private static let strands: UInt64 = 4

    @Test func `no power cut breaks the log, undo and apply path`() async throws {
        try await withThrowingTaskGroup { group in
            for strand in 0..<Self.strands {
                group.addTask {
                    for seed in stride(from: strand, to: Self.seeds, by: Int(Self.strands)) {
                        try await PowerCutStory(seed: seed).tell()
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let spoilt: Spoilt
    }

    static let wrongs: [Wrong] = [
        Wrong(
            testDescription: "writing in place without log or undo",
            spoilt: Spoilt(
                order: [.writeDisks, .syncDisks, .recordPoint, .dropLog],
                ignoresSync: { $0.contains(".log") })),
        Wrong(
            testDescription: "the state advanced before the disk is synced",
            spoilt: Spoilt(order: moving(.recordPoint, before: .syncDisks))),
        Wrong(
            testDescription: "the disk never synced before the state",
            spoilt: Spoilt(order: ApplyStep.order.filter { $0 != .syncDisks })),
        Wrong(
            testDescription: "the log not synced before applying",
            spoilt: Spoilt(ignoresSync: { $0.contains(".log") })),
        Wrong(
            testDescription: "the undo not synced before applying",
            spoilt: Spoilt(order: ApplyStep.order.filter { $0 != .syncInverse })),
        Wrong(
            testDescription: "the undo made again from the half-applied disk",
            spoilt: Spoilt(order: ApplyStep.order.filter { $0 != .reuseInverse })),
        Wrong(
            testDescription: "merged undo logs not synced before they take their name",
            spoilt: Spoilt(mergeOrder: MergeStep.order.filter { $0 != .syncMerged })),
        Wrong(
            testDescription: "undo logs dropped before the merged one has its name for good",
            spoilt: Spoilt(mergeOrder: MergeStep.order.filter { $0 != .syncName })),
    ]

    @Test(arguments: wrongs)
    func `a wrong order is caught`(_ wrong: Wrong) async throws {
        var caught: Broken?
        for seed in 0..<200 where caught == nil {
            do { try await PowerCutStory(seed: UInt64(seed), wrong.spoilt).tell() } catch {
                caught = try #require(error as? Broken)
            }
        }
        #expect(caught != nil, "200 seeds went by unnoticed")
    }

    private static func moving(_ step: ApplyStep, before other: ApplyStep) -> [ApplyStep] {
        var order = ApplyStep.order.filter { $0 != step }
        order.insert(step, at: order.firstIndex(of: other)!)
        return order
    }
}
