// Kills an engine at one of its writes: from then on it can write nothing more, as a dead one
// cannot.
import Model
import Store

/// Thrown into an engine that is to die.
package struct SimulatedDeath: Error {}

/// Counts an engine's commits, and kills it before or after the one of a given number.
package final class Death: CommitObserver {
    package enum Moment: String, Sendable, CaseIterable { case before, after }

    private struct State {
        var commits = 0
        var isDead = false
    }

    private let state = Locked(State())
    private let number: Int?
    private let moment: Moment

    /// `number` counts from 1; nil only counts.
    package init(at number: Int? = nil, _ moment: Moment = .before) {
        self.number = number
        self.moment = moment
    }

    package var commits: Int { state.withLock(\.commits) }
    package var hasStruck: Bool { state.withLock(\.isDead) }

    package func willCommit(_ changes: [Change]) throws {
        try state.withLock { state in
            if state.isDead { throw SimulatedDeath() }
            state.commits += 1
            if moment == .before, state.commits == number {
                state.isDead = true
                throw SimulatedDeath()
            }
        }
    }

    package func didCommit(_ changes: [Change]) throws {
        try state.withLock { state in
            if moment == .after, state.commits == number, !state.isDead {
                state.isDead = true
                throw SimulatedDeath()
            }
        }
    }
}
