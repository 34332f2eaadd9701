// Whether a plan could be run now, as somebody found it (P-11), and since when it has been so. A
// plan is ready when nothing was found, be it only what will stand in the way later.

/// Something that stands in the way of a plan, or will.
package struct PlanFinding: Sendable, Hashable, Codable {
    package enum Topic: String, Sendable, Hashable, Codable, CaseIterable {
        /// A site or a vm that the plan names and that is not there.
        case names
        /// A site that does not answer.
        case sites
        /// How a vm is protected does not allow it.
        case protection
        /// A card without a network at the target.
        case networks
        /// Too little is there of what the message names.
        case capacity
        /// A plan that this one runs.
        case plans
        /// The latest point of a vm is older than it should be.
        case points
        /// A module or a runbook that the plan names cannot be loaded.
        case scripts
        /// Something kept for its steps is missing or out of date.
        case assets
    }

    package var topic: Topic
    package var text: String

    package init(_ topic: Topic, _ text: String) {
        self.topic = topic
        self.text = text
    }

    /// Whether a run is refused for it. Old points, and what a step may never come to, are told of
    /// and do not keep anybody from failing over.
    package var stopsRun: Bool {
        switch topic {
        case .names, .sites, .protection, .networks, .capacity, .plans: true
        case .points, .scripts, .assets: false
        }
    }
}

package struct PlanReadiness: Sendable, Hashable, Codable {
    package var plan: String
    /// Which failover it was judged for: the one that somebody would ask for as things stand.
    package var kind: FailoverKind
    package var findings: [PlanFinding]
    /// Whether it was tested as it is; nil when it cannot be loaded.
    package var rehearsal: PlanRehearsal?
    package var checkedAt: Timestamp
    /// Since when it has been ready, or has not been.
    package var since: Timestamp

    package init(
        plan: String, kind: FailoverKind, findings: [PlanFinding], rehearsal: PlanRehearsal?,
        checkedAt: Timestamp
    ) {
        self.plan = plan
        self.kind = kind
        self.findings = findings
        self.rehearsal = rehearsal
        self.checkedAt = checkedAt
        since = checkedAt
    }

    package var isReady: Bool { findings.isEmpty }
    package var word: String { Self.word(isReady: isReady) }

    package static func word(isReady: Bool) -> String { isReady ? "ready" : "not-ready" }

    /// The same as it stands after what was found before it. Who was never looked at counts as
    /// having been ready.
    package func after(_ former: PlanReadiness?) -> (readiness: PlanReadiness, isNews: Bool) {
        guard let former else { return (self, !isReady) }
        var kept = self
        if former.isReady == isReady { kept.since = former.since }
        return (kept, former.isReady != isReady)
    }
}
