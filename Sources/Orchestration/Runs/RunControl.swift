// How the outside reaches a run that is being executed: a person's abort, and the news that an
// answer has come.
import Fabric
import Model

package final class RunControl: Sendable {
    private struct State {
        var abort: Failure?
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var listenersMade = 0
    }

    private let state = Locked(State())

    package init() {}

    /// Why the run is to end; nil while it is to go on.
    package var abort: Failure? { state.withLock(\.abort) }

    /// Ends the run at its next primitive; the first reason stands.
    package func requestAbort(_ reason: Failure) {
        state.withLock { $0.abort = $0.abort ?? reason }
        wake()
    }

    /// Says that something outside has changed: parked branches look again.
    package func wake() {
        state.withLock { state in for listener in state.listeners.values { listener.yield() } }
    }

    /// Every ``wake()`` from now on; wakes that nobody has taken yet are one.
    func wakes() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = state.withLock { state in
                state.listenersMade += 1
                state.listeners[state.listenersMade] = continuation
                return state.listenersMade
            }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { $0.listeners[number] = nil }
            }
        }
    }
}
