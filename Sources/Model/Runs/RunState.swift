// The life of a run, as one pure machine: a state and an event give the next state, or a refusal.
//
//              started            parked
//     queued ──────────▶ running ─────────▶ waiting        parked: for a person, a time, an event
//        │                │ ▲  ▲             │   │
//        │      suspended │ │  └─── woken ───┘   │ suspended
//        │                ▼ │ resumed            │
//        │             suspended ◀───────────────┘
//        │
//        └─▶ failed, aborted      running ─▶ completed, failed, aborted
//                                 waiting ─▶ failed, aborted      suspended ─▶ failed, aborted
//
// Completed, failed and aborted are final. The death of the engine is no event: a run that was
// running is still running, and the next engine executes it again from its journal.

package enum RunState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Accepted, not begun. Goes to running, failed (it cannot be loaded) or aborted.
    case queued
    /// Being executed. Goes to waiting, suspended, completed, failed or aborted.
    case running
    /// Out of memory until a person, a time or an event. Goes to running, suspended, failed,
    /// aborted.
    case waiting
    /// Put aside until somebody resumes it. Goes to running, failed or aborted.
    case suspended
    case completed
    case failed
    /// Ended on purpose: by a person, by a refusal, or by a deadline.
    case aborted

    package var isFinal: Bool {
        switch self {
        case .completed, .failed, .aborted: true
        case .queued, .running, .waiting, .suspended: false
        }
    }

    package static let unfinished: Set<RunState> = [.queued, .running, .waiting, .suspended]
}

package enum RunEvent: String, Sendable, Hashable, Codable, CaseIterable {
    case started, parked, woken, suspended, resumed, completed, failed, aborted
}

extension RunState {
    /// The state that follows. Raises `run.transition_refused` when `event` cannot happen here.
    package func after(_ event: RunEvent) throws(Failure) -> RunState {
        switch (self, event) {
        case (.queued, .started), (.waiting, .woken), (.suspended, .resumed): return .running
        case (.running, .parked): return .waiting
        case (.running, .suspended), (.waiting, .suspended): return .suspended
        case (.running, .completed): return .completed
        case (_, .failed) where !isFinal: return .failed
        case (_, .aborted) where !isFinal: return .aborted
        default: throw refusal(of: event)
        }
    }

    private func refusal(of event: RunEvent) -> Failure {
        let reason = isFinal ? "it has ended" : "it is \(rawValue)"
        return Failure(
            .runTransitionRefused,
            "a run that is \(rawValue) cannot be \(event.rawValue), because \(reason); "
                + "look at it with `muster runs`",
            context: ["state": rawValue, "event": event.rawValue])
    }
}
