// Whether a plan has been tested as it is now (P-12).
//
//     never ──test succeeds──▶ verified ──plan, script, member or mapping differs──▶ stale
//                                 │  ▲                                                  │
//                          183 days  test succeeds                               183 days
//                                 ▼  │                                                  ▼
//                               overdue ◀───────────────────────────────────────────────┘

/// What a plan was made of: a digest, or words, for each part by the part's name.
package struct PlanFingerprint: Sendable, Hashable, Codable {
    /// Of a part that could not be looked at: it is not compared.
    package static let unknown = "?"

    package var parts: [String: String]

    package init(_ parts: [String: String]) { self.parts = parts }

    /// The parts in which `now` differs, in the order of their names.
    package func changes(to now: PlanFingerprint) -> [String] {
        Set(parts.keys).union(now.parts.keys).sorted().compactMap { name in
            switch (parts[name], now.parts[name]) {
            case (let before?, let after?):
                [before, after].contains(Self.unknown) || before == after ? nil : name
            case (nil, _): "\(name) (new)"
            case (_, nil): "\(name) (gone)"
            }
        }
    }
}

package struct PlanRehearsal: Sendable, Hashable, Codable {
    package enum State: String, Sendable, Hashable, Codable, CaseIterable {
        case never, verified, stale, overdue
    }

    /// A test that came to its end.
    package struct Test: Sendable, Hashable, Codable {
        package var run: RunID
        package var at: Timestamp

        package init(run: RunID, at: Timestamp) {
            self.run = run
            self.at = at
        }
    }

    package var state: State
    /// The last test that succeeded.
    package var test: Test?
    /// What has changed since; also of one that is overdue.
    package var changes: [String]

    /// `tested` is what the plan was made of then, and `current` what it is made of at `now`.
    package init(
        _ test: Test?, of tested: PlanFingerprint, current: PlanFingerprint, now: Timestamp
    ) {
        self.test = test
        changes = test == nil ? [] : tested.changes(to: current)
        state = changes.isEmpty ? .verified : .stale
        if let test, now - test.at > Limits.rehearsalValidity { state = .overdue }
        if test == nil { state = .never }
    }

    /// One that was looked at before.
    package init(_ state: State, _ test: Test?, changes: [String]) {
        self.state = state
        self.test = test
        self.changes = changes
    }

    /// For people: `stale (changed: script wait), last by run 3 at …`.
    package var words: String {
        guard let test else { return state.rawValue }
        let list = changes.isEmpty ? "" : " (changed: \(changes.joined(separator: ", ")))"
        return "\(state.rawValue)\(list), last by run \(test.run) at \(test.at)"
    }
}
