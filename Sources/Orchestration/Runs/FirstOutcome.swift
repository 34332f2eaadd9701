// The first outcome that is offered by several who race for it; later ones are dropped. Who waits
// for it leaves the losers behind: a host that hangs must not hang the run.
import Model

final class FirstOutcome<Success: Sendable>: Sendable {
    private struct State {
        var outcome: Result<Success, any Error>?
        var waiter: CheckedContinuation<Success, any Error>?
    }

    private let state = Locked(State())

    func offer(_ outcome: Result<Success, any Error>) {
        let waiter = state.withLock { state -> CheckedContinuation<Success, any Error>? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            return state.waiter
        }
        waiter?.resume(with: outcome)
    }

    func outcome() async throws -> Success {
        try await withCheckedThrowingContinuation { continuation in
            let ready = state.withLock { state -> Result<Success, any Error>? in
                if state.outcome == nil { state.waiter = continuation }
                return state.outcome
            }
            if let ready { continuation.resume(with: ready) }
        }
    }
}
