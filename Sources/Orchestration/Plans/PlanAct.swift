// What is done with a whole plan between a failover and the way home, without its steps: another
// point is chosen, the failover is committed, replication is turned round while the vms serve. Each
// is a run of the plan with an itinerary of its own; which of the three stands in its parameters,
// with the points that were chosen, so that the run does what was shown and accepted and no more.
import Model

package struct PlanAct: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The points that are not chosen are given up.
        case complete
        /// The vms are brought to other points.
        case changePoint = "change-point"
        /// Replication runs to the site that was left.
        case reverse
    }

    package let kind: Kind
    /// Of a change of the point: the sequence to which each vm is brought. Who is not named stays.
    package let points: [String: Int]

    package init(_ kind: Kind, points: [String: Int] = [:]) {
        self.kind = kind
        self.points = points
    }

    /// What kind of run it is, for people.
    var title: String {
        switch kind {
        case .complete: "completion"
        case .changePoint: "change of the point"
        case .reverse: "reversal"
        }
    }

    /// How it stands in a run's parameters, and in the options of a call: ``fields``.
    package var value: Value {
        var fields: [String: Value] = ["kind": .text(kind.rawValue)]
        if !points.isEmpty {
            fields["points"] = .object(points.mapValues { .integer(Int64($0)) })
        }
        return .object(fields)
    }

    /// nil where ``value`` does not stand there: the run fails over.
    init?(_ value: Value) {
        guard let kind = value["kind"]?.text.flatMap(Kind.init) else { return nil }
        self.kind = kind
        points = (value["points"]?.object ?? [:]).compactMapValues { $0.integer.map(Int.init) }
    }

    /// What it asks of whoever starts it; a vm that has to be completed before it can be reversed
    /// asks for that right too, which preflight looks at.
    var rights: [FailoverRight] {
        switch kind {
        case .complete: [.complete]
        case .changePoint: [.unplanned]
        case .reverse: [.reverse]
        }
    }
}

extension RunRecord {
    /// What the run does with what was failed over; nil for one that fails over, and a runbook's.
    package var planAct: PlanAct? { kind == .plan ? PlanAct(parameters) : nil }

    /// The kind of a plan's run in one word; nil for a runbook's.
    package var planWord: String? { failover?.rawValue ?? planAct?.kind.rawValue }
}

extension PlanAct {
    /// What a run of a plan can be, in the words of `--kind`.
    static let allWords = FailoverKind.allCases.map(\.rawValue) + Kind.allCases.map(\.rawValue)

    /// The options of a call that starts or checks a run of a plan.
    static let fields = [
        Parameter("kind", .choice(allWords), "For a plan: which failover, or act after one."),
        Parameter(
            "points", .map(.integer(0..<Int64.max)),
            "For \"change-point\": the sequence of the point of each vm that is brought to another."
        ),
    ]
}
