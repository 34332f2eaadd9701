// How the outside reaches a run that is being executed: what people wish of it, and the news that
// an answer has come.
import Fabric
import Model

package final class RunControl: Sendable {
    private struct State {
        var abort: Failure?
        var isHalted = false
        var isStopped = false
        var isLeftBehind = false
        var whenStopped: (@Sendable () -> Void)?
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var listenersMade = 0
    }

    // Its fields are read by closures: a key path would copy the whole of it at every call.
    private let state = Locked(State())

    package init() {}

    /// Why the run is to end; nil while it is to go on.
    package var abort: Failure? { state.withLock { $0.abort } }

    /// Whether no further call is to be begun: the run is stopped, or put aside.
    package var isHalted: Bool { state.withLock { $0.isHalted } }

    /// Whether the run goes its way without this execution.
    var isLeftBehind: Bool { state.withLock { $0.isLeftBehind } }

    /// Ends the run at its next primitive; the first reason stands.
    package func requestAbort(_ reason: Failure) {
        state.withLock { $0.abort = $0.abort ?? reason }
        wake()
    }

    /// Takes up what is wished of the run, as it stands in the store.
    package func obey(_ run: RunRecord) {
        state.withLock { state in
            state.isHalted = run.isHalted
            state.abort = state.abort ?? run.abort?.asAbort
            if run.stop == nil || state.isStopped { return }
            state.isStopped = true
            state.whenStopped?()
        }
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

    /// Does `act` once the run is stopped, at once when it is already. Nil takes that back: it has
    /// then been done, or never will be.
    func whenStopped(_ act: (@Sendable () -> Void)?) {
        state.withLock { state in
            state.whenStopped = act
            if state.isStopped { act?() }
        }
    }

    func leaveBehind() { state.withLock { $0.isLeftBehind = true } }
}

extension RunRecord {
    /// Whether somebody wishes that no further call of it is begun.
    var isHalted: Bool { suspension != nil || stop != nil }
}
