// A trigger: what is started when something happens. It is read and written as one record; what it
// knows of each thing it watches is a mark of its own, and each firing is kept.

package struct RunTrigger: Sendable, Hashable, Codable {
    package enum Cause: String, Sendable, Hashable, Codable, CaseIterable {
        /// A production machine is there that was not.
        case vmAppeared = "vm-appeared"
        /// A protection is better or worse than it was.
        case healthChanged = "health-changed"
        /// A run was completed, failed or was aborted.
        case runEnded = "run-ended"
        /// A plan has become ready to be run, or is no longer.
        case readinessChanged = "readiness-changed"
        /// Somebody outside called, with a signature.
        case webhook
    }

    /// What must hold of the thing that changed; what is nil asks for nothing.
    package struct Filter: Sendable, Hashable, Codable {
        package var site: String?
        package var subscription: String?
        package var tag: String?
        package var health: ReplicationHealth?
        package var runbook: String?
        package var state: RunState?

        package init() {}

        /// The fields that are set, by the options that set them.
        package var options: Set<String> {
            let fields: [(String, Bool)] = [
                ("--site", site != nil), ("--subscription", subscription != nil),
                ("--tag", tag != nil), ("--to", health != nil), ("--runbook", runbook != nil),
                ("--state", state != nil),
            ]
            return Set(fields.filter(\.1).map(\.0))
        }
    }

    package var name: String
    package var cause: Cause
    package var filter: Filter
    /// The plan or runbook that is started.
    package var runbook: String
    /// For a plan: always a test, since nothing fails over without a person (F-5).
    package var kind: FailoverKind?
    /// As they were given; canonical JSON of an object.
    package var parameters: String
    package var scope: String?
    package var isPaused = false
    /// Who made it, and in whose name its runs are started.
    package var by: String
    package var createdAt: Timestamp

    package init(
        name: String, on cause: Cause, filter: Filter = Filter(), runbook: String,
        kind: FailoverKind? = nil, parameters: String = "{}", scope: String? = nil, by: String,
        createdAt: Timestamp
    ) {
        self.name = name
        self.cause = cause
        self.filter = filter
        self.runbook = runbook
        self.kind = kind
        self.parameters = parameters
        self.scope = scope
        self.by = by
        self.createdAt = createdAt
    }
}

extension RunTrigger.Cause {
    /// The options that may narrow it.
    package var options: Set<String> {
        switch self {
        case .vmAppeared: ["--site", "--subscription", "--tag"]
        case .healthChanged: ["--site", "--subscription", "--tag", "--to"]
        case .runEnded: ["--runbook", "--state"]
        case .readinessChanged: ["--runbook"]
        case .webhook: []
        }
    }

    /// The parameters that a card may declare to be told what fired.
    package var facts: [String] {
        switch self {
        case .vmAppeared: ["vm", "site", "subscription"]
        case .healthChanged: ["vm", "site", "health", "was"]
        case .runEnded: ["run", "runbook", "state"]
        case .readinessChanged: ["plan", "readiness", "findings"]
        case .webhook: ["payload"]
        }
    }
}
