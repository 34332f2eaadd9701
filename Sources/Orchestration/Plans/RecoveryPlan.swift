// A recovery plan as its card says it, read and found sound: every name resolves within the plan,
// no vm stands twice, dependencies make no circle. Whether the fabric agrees is preflight's
// question.
import LuaRuntime
import Model

package struct RecoveryPlan: Sendable {
    package struct Step: Sendable {
        package enum Work: Sendable {
            /// A Lua function at this path of the card, then a manual task if there is one.
            case script(CardPath, then: ManualTask?)
            case manual(ManualTask)
        }

        package let name: String
        package let work: Work
        /// The Lua function that undoes it (P-10); nil when nothing does.
        package let undo: CardPath?
        package let side: StepSide
        package let position: SourcePosition?
        /// The step's card, for what differs by failover kind.
        let card: Value

        /// Whether the step runs for that kind and direction (P-2).
        package func runs(for kind: FailoverKind, _ direction: Direction) -> Bool {
            let kinds = card["kinds"]?.list?.compactMap(\.text)
            let directions = card["directions"]?.list?.compactMap(\.text)
            return kinds?.contains(kind.rawValue) ?? true
                && directions?.contains(direction.rawValue) ?? true
        }
    }

    package struct Member: Sendable {
        package let vm: String
        package let before: [Step]
        package let after: [Step]
        /// What it has otherwise at the target (P-9).
        package let overrides: MachineOverrides?
        /// The line of its `machine { … }`; nil for one that is only named.
        package let position: SourcePosition?
    }

    package struct Group: Sendable {
        package let name: String
        package let members: [Member]
        /// Whether it says which vms it has, be it none that a selector finds.
        let namesVMs: Bool
        /// Plans that are run in its place in the order.
        package let plans: [String]
        package let before: [Step]
        package let after: [Step]
        package let position: SourcePosition?
    }

    /// Somebody who knows or decides.
    package struct Contact: Sendable, Hashable {
        package let name: String
        package let role: String?
        package let phone: String?
        package let mail: String?
        package let position: SourcePosition?
    }

    package struct Shutdown: Sendable {
        /// Names of groups, first to be shut down first.
        package let order: [String]
        package let before: [Step]
        package let after: [Step]
    }

    package let summary: String
    package let source: String
    package let target: String
    package let objective: Objective
    /// Whom to call, in the order of the card.
    package let contacts: [Contact]
    package let preflight: [Step]
    package let before: [Step]
    package let shutdown: Shutdown
    package let groups: [Group]
    package let after: [Step]
    /// For a vm, the vms that must run before it.
    package let dependencies: [String: [String]]
    /// The policy of what does not say its own; a table of ``StepPolicy``'s fields.
    let profile: Value
    /// Assets that its steps need.
    package let assets: [String]
    package let reverses: Bool
    package let starts: Bool

    /// The vms in the order of their groups.
    package var vms: [String] { members.map(\.vm) }

    /// The plans that it runs, group by group.
    package var plans: [[String]] { groups.map(\.plans) }

    var members: [Member] { groups.flatMap(\.members) }

    func member(_ vm: String) -> Member? { members.first { $0.vm == vm } }
}

/// Which of the two sites a step works on (P-2), seen in the direction of the run.
package enum StepSide: String, Sendable, Hashable, CaseIterable {
    /// The site that is left. In an unplanned failover it may be gone, and the step is skipped.
    case primary
    /// The site that takes over.
    case recovery
}

/// Where in a card a function stands: `["groups", 2, "after", 1, "run"]`, lists counted from 1.
package typealias CardPath = [LuaKey]

/// A question to a person, as the card declares it (M-1).
package struct ManualTask: Sendable {
    package let title: String
    /// The options of `job.ask`, which asks it.
    package let options: Value

    /// Raises `plan.card_invalid` when the card asks what nobody could answer.
    init(card: Value) throws(Failure) {
        let name = card["name"]?.text ?? ""
        title = name
        let asked = QuestionOptions.fields.compactMap { field in
            card[field.name].map { (field.name, $0) }
        }
        options = .object(Dictionary(uniqueKeysWithValues: asked))
        _ = try QuestionOptions(
            options,
            CheckSubject("manual \"\(name)\"", code: .cardInvalid, at: card.notedPosition))
    }
}
