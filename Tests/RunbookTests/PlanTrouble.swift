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

    init(using random: inout SeededGenerator) {
        let count = [0, 0, 1, 1, 2, 3].randomElement(using: &random)!
        for _ in 0..<count {
            faults.faults.append(
                FaultPlan.Fault(
                    Bool.random(using: &random) ? .before : .after,
                    FabricCall.allCases.randomElement(using: &random)!,
                    occurrence: Int.random(in: 1...12, using: &random),
                    failure: Self.failures.randomElement(using: &random)!))
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

    /// A time-out, a refusal, a fault of the host.
    private static let failures = [
        Failure(.siteUnreachable, "no answer within the time"),
        Failure(.updateRefused, "the host refuses it"),
        Failure(.capacityMissing, "the host has no memory left"),
        Failure(.rehearsed, "the host died"),
    ]

    var description: String {
        let words =
            faults.faults.map {
                "\($0.moment.rawValue) \($0.call.rawValue) \($0.occurrence): \($0.failure.message)"
            } + (death.map { _ in ["a death"] } ?? [])
            + (lostAt.map { ["oslo lost at \($0)"] } ?? [])
        return words.isEmpty ? "nothing goes wrong" : words.joined(separator: ", ")
    }
}
