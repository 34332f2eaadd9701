// The life of a run, as one pure machine: a state and an event give the next state, or a refusal.
//
//              started            parked
//     queued ──────────▶ running ─────────▶ waiting        parked: for a person, a time, an event
//        │                │ ▲  ▲             │ ▲ │
//        │      suspended │ │  └─── woken ───┘ │ │ suspended
//        │                ▼ └── (then woken)   │ │
//        └─────────▶ suspended ──── resumed ───┘ │
//        suspended        ▲                      │
//                         └──────────────────────┘
//
//     queued, running, waiting, suspended ─▶ failed, aborted, stopped      running ─▶ completed
//
// Completed, failed, aborted and stopped are final. The death of the engine is no event: a run that
// was running is still running, and the next engine executes it again from its journal. What
// somebody wishes of a run is no event either: what comes of it stands with `RunWish`.

package enum RunState: String, Sendable, Hashable, Codable, CaseIterable {
    /// Accepted, not begun. Goes to running, suspended, failed (it cannot be loaded), aborted or
    /// stopped.
    case queued
    /// Being executed. Goes to any other state but queued.
    case running
    /// Out of memory until a person, a time or an event. Goes to running, suspended, failed,
    /// aborted, stopped.
    case waiting
    /// Put aside until somebody resumes it, then waiting. Goes to waiting, failed, aborted or
    /// stopped.
    case suspended
    case completed
    case failed
    /// Ended on purpose, after its cleaning up: by a person, by a refusal, or by a deadline.
    case aborted
    /// Ended by a person where it stood, without cleaning up.
    case stopped

    package var isFinal: Bool {
        switch self {
        case .completed, .failed, .aborted, .stopped: true
        case .queued, .running, .waiting, .suspended: false
        }
    }

    package static let unfinished: Set<RunState> = [.queued, .running, .waiting, .suspended]
}

package enum RunEvent: String, Sendable, Hashable, Codable, CaseIterable {
    case started, parked, woken, suspended, resumed, completed, failed, aborted, stopped
}

extension RunState {
    /// The state that follows. Raises `run.transition_refused` when `event` cannot happen here.
    package func after(_ event: RunEvent) throws(Failure) -> RunState {
        switch (self, event) {
        case (.queued, .started), (.waiting, .woken): return .running
        case (.running, .parked), (.suspended, .resumed): return .waiting
        case (.queued, .suspended), (.running, .suspended), (.waiting, .suspended):
            return .suspended
        case (.running, .completed): return .completed
        case (_, .failed) where !isFinal: return .failed
        case (_, .aborted) where !isFinal: return .aborted
        case (_, .stopped) where !isFinal: return .stopped
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
