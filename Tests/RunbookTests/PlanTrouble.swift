// What goes wrong in one night with a plan, all from one seed.
import Fabric
import Model
import Orchestration
import TestSupport

/// What goes wrong in one night.
struct PlanTrouble: CustomStringConvertible {
    var faults = FaultPlan()
    var death: Death?
    /// The commit at which Oslo is lost.
    var lostAt: Int?

    init(using random: inout SeededGenerator, on clock: VirtualClock) {
        let count = [0, 0, 1, 1, 2, 3].randomElement(using: &random)!
        for _ in 0..<count {
            faults.faults.append(
                FaultPlan.Fault(
                    Bool.random(using: &random) ? .before : .after,
                    FabricCall.allCases.randomElement(using: &random)!,
                    occurrence: Int.random(in: 1...12, using: &random),
                    failure: Self.failures.randomElement(using: &random)!))
        }
        for _ in 0..<[0, 0, 1, 2].randomElement(using: &random)! {
            let time = Self.delays.randomElement(using: &random)!
            faults.faults.append(
                FaultPlan.Fault(
                    FabricCall.allCases.randomElement(using: &random)!,
                    occurrence: Int.random(in: 1...12, using: &random),
                    .takes(time, LeapingClock(clock))))
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            death = Death(
                at: Int.random(in: 1...70, using: &random),
                Bool.random(using: &random) ? .before : .after)
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
            lostAt = Int.random(in: 1...60, using: &random)
        }
    }

    /// A slow disk: within a step's time limit and a question's deadline, and beyond both.
    private static let delays = [20, 240, 660, 5400].map { Duration.seconds($0) }

    /// A time-out, a refusal, a fault of the host.
    private static let failures = [
        Failure(.siteUnreachable, "no answer within the time"),
        Failure(.updateRefused, "the host refuses it"),
        Failure(.capacityMissing, "the host has no memory left"),
        Failure(.rehearsed, "the host died"),
    ]

    var description: String {
        let words =
            faults.faults.map(\.description) + (death.map { _ in ["a death"] } ?? [])
            + (lostAt.map { ["oslo lost at \($0)"] } ?? [])
        return words.isEmpty ? "nothing goes wrong" : words.joined(separator: ", ")
    }
}
