// What `--kind` takes for a plan: a kind of failover, or an act on what was failed over; and the
// points to which a change of the point brings its vms.
import ArgumentParser
import Model
import Orchestration

enum PlanKind: Hashable, CaseIterable, ExpressibleByArgument {
    case failover(FailoverKind)
    case act(PlanAct.Kind)

    static let allCases =
        FailoverKind.allCases.map(Self.failover) + PlanAct.Kind.allCases.map(Self.act)
    static var allValueStrings: [String] { allCases.map(\.word) }

    init?(argument: String) {
        guard let found = Self.allCases.first(where: { $0.word == argument }) else { return nil }
        self = found
    }

    var defaultValueDescription: String { word }

    private var word: String {
        switch self {
        case .failover(let kind): kind.rawValue
        case .act(let kind): kind.rawValue
        }
    }

    var failover: FailoverKind? { if case .failover(let kind) = self { kind } else { nil } }
    var act: PlanAct.Kind? { if case .act(let kind) = self { kind } else { nil } }
}

struct PointOptions: ParsableArguments {
    @Option(
        name: .customLong("to"),
        help: "For change-point: latest, app-consistent, or a time for the newest not after it.")
    var rule: String?
    @Option(
        name: .customLong("point"), parsing: .singleValue,
        help: "For change-point: VM=NUMBER as `muster points` lists them, once for each.")
    var named: [String] = []

    /// Raises `usage.invalid` when neither is said, or not as it is written.
    func choice(_ lab: Composition) throws(Failure) -> PointChoice {
        guard rule != nil || !named.isEmpty else {
            throw Failure(
                .usage,
                "say to which point: --to latest, --to app-consistent, --to TIME, or "
                    + "--point VM=NUMBER"
            )
        }
        var points: [String: Int] = [:]
        for text in named {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let number = Int(parts[1]), !parts[0].isEmpty else {
                throw Failure(.usage, "--point takes VM=NUMBER, not '\(text)'")
            }
            points[String(parts[0])] = number
        }
        guard let rule else { return PointChoice(nil, named: points) }
        return PointChoice(try read(rule, lab), named: points)
    }

    private func read(_ text: String, _ lab: Composition) throws(Failure) -> PointChoice.Rule {
        switch text {
        case "latest": return .latest
        case "app-consistent": return .appConsistent
        // An hour of the clock is the next one: what was, is said with its day.
        case _ where text.contains("T"):
            return .notAfter(try Timestamp(text: text, from: lab.clock.now))
        default:
            throw Failure(
                .usage,
                "--to takes latest, app-consistent or a time such as \"2026-03-01T22:00:00Z\", "
                    + "not '\(text)'")
        }
    }

    /// The act that is asked for, with its points; nil for a failover. Raises as ``choice(_:)``,
    /// and `usage.invalid` for points of anything else.
    func act(
        _ kind: PlanAct.Kind?, of plan: String, by person: Person, _ lab: Composition
    ) async throws -> PlanAct? {
        guard kind == .changePoint else {
            guard rule == nil, named.isEmpty else {
                throw Failure(.usage, "--to and --point are for --kind change-point")
            }
            return kind.map { PlanAct($0) }
        }
        return try await lab.orchestrator.changes(
            try choice(lab), of: plan, scope: person.tenant
        ).act
    }
}
