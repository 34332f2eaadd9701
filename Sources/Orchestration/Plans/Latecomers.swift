// Machines that came after a run had chosen its members (P-6): what the card's selectors would find
// now and had not found when the run began. They are told of, and the run leaves them alone.
import Model
import Store

struct Latecomers: Sendable {
    /// What each selector of the card asked for.
    let filters: [Value]
    /// What they found, and what the plan names beside.
    private let known: Set<String>

    /// Reads what a run has journaled of its card and of its members.
    init(of run: RunID, store: Store) throws {
        let card = try store.entries(of: run, branch: ScriptExecution.cardBranch)
        let selections = zip(card, card.dropFirst()).filter { intent, outcome in
            intent.primitive == "fabric.select" && intent.kind == .intent
                && outcome.kind == .result
        }
        filters = try selections.map { intent, _ in
            try Value(json: intent.payload).list?.first ?? [:]
        }
        let members = try store.entries(of: run, branch: .main)
            .first { $0.primitive == "plan.freeze" && $0.kind == .result }
        let found = selections.map(\.1) + (members.map { [$0] } ?? [])
        known = Set(try found.flatMap { Self.names(in: try Value(json: $0.payload)) })
    }

    /// Those among what the selectors find now, in the order of their names.
    func among(_ found: [Value]) -> [String] {
        Set(found.flatMap(Self.names)).subtracting(known).sorted()
    }

    private static func names(in views: Value) -> [String] {
        (views.list ?? []).compactMap { $0["name"]?.text }
    }
}

extension Orchestrator {
    /// The machines that a run's card would choose now and did not when it began; none of a
    /// runbook's, or of a card that names its vms.
    package func latecomers(of run: RunID) async throws -> [String] {
        let latecomers = try Latecomers(of: run, store: services.store)
        if latecomers.filters.isEmpty { return [] }
        let views = try await directory.views(scope: try services.store.run(run).scope)
        return latecomers.among(
            latecomers.filters.map { filter in
                .list(views.filter(MachineFilter(filter).matches).map(\.value))
            })
    }
}
