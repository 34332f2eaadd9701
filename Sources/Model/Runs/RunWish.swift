// What people wish of a run that has not ended, and what comes of it. A wish is written down before
// anything obeys it, so that the death of whoever leads loses none. Where nothing of the run is
// being executed the store obeys in the transaction that writes the wish; else whoever leads the
// run does, at the next call the run makes.
//
//                 queued          running              waiting         suspended       ended
//     suspend     suspended       noted                suspended       refused         refused
//     resume      refused         lifts what is noted  refused         waiting         refused
//     stop        stopped         noted                stopped         stopped         refused
//     abort       noted           noted                noted           noted, waiting  refused
//
// Noted wishes are obeyed when the run parks: a stop before a suspension, both before the wait. An
// abort is told to the script, whose cleaning up goes on for as long as it takes; a stop is not.

package enum RunWish: String, Sendable, Hashable, Codable, CaseIterable {
    case suspend, resume, stop, abort

    /// What comes of a wish.
    package enum Effect: Sendable, Hashable {
        /// Happens at once.
        case event(RunEvent)
        /// Waits for whoever leads the run.
        case noted
        /// The same; and something happens at once, so that somebody leads it again.
        case notedAfter(RunEvent)
        /// A suspension that was noted is noted no more.
        case lifted
    }

    /// The wish as something that was done: `suspended`.
    package var participle: String {
        switch self {
        case .suspend: "suspended"
        case .resume: "resumed"
        case .stop: "stopped"
        case .abort: "aborted"
        }
    }
}

extension RunState {
    /// What comes of a wish. Raises `run.transition_refused` where nothing can.
    package func hearing(
        _ wish: RunWish, isSuspensionNoted: Bool = false
    ) throws(Failure) -> RunWish.Effect {
        switch (self, wish) {
        case (.queued, .suspend), (.waiting, .suspend): return .event(.suspended)
        case (.suspended, .resume): return .event(.resumed)
        case (.queued, .stop), (.waiting, .stop), (.suspended, .stop): return .event(.stopped)
        case (.running, .resume) where isSuspensionNoted: return .lifted
        case (.running, .suspend), (.running, .stop): return .noted
        case (.suspended, .abort): return .notedAfter(.resumed)
        case (.queued, .abort), (.running, .abort), (.waiting, .abort): return .noted
        default: throw refusal(of: wish)
        }
    }

    private func refusal(of wish: RunWish) -> Failure {
        let reason = isFinal ? "it has ended: it is \(rawValue)" : "it is \(rawValue)"
        return Failure(
            .runTransitionRefused,
            "the run cannot be \(wish.participle), because \(reason); "
                + "look at it with `muster runs`",
            context: ["state": rawValue, "wish": wish.rawValue])
    }
}

/// A wish as it was made: by whom, why, when.
package struct RunWishMade: Sendable, Hashable {
    package var by: String
    package var reason: String?
    package var at: Timestamp

    package init(by: String, reason: String?, at: Timestamp) {
        self.by = by
        self.reason = reason
        self.at = at
    }

    /// `eva: the wrong night`.
    package var words: String { by + (reason.map { ": \($0)" } ?? "") }
}

extension RunWishMade {
    /// What the script is told, and what the run ends with.
    package var asAbort: Failure {
        Failure(.runAborted, "aborted by \(words)", context: ["by": by])
    }

    /// What the run ends with.
    package var asStop: Failure {
        Failure(.runStopped, "stopped by \(words)", context: ["by": by])
    }
}
