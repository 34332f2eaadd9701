// A clock that stands until a test moves it. Whoever sleeps wakes when the time has been moved past
// his deadline; nothing ever waits for real.
import Foundation
import Model

package final class VirtualClock: WallClock {
    private struct Sleeper {
        let deadline: Timestamp
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Timestamp
        var sleepers: [UUID: Sleeper] = [:]
    }

    private let state: Locked<State>

    /// Stands at 2026-03-01T22:00:00Z unless told otherwise.
    package init(now: Timestamp = Timestamp(microseconds: 1_772_402_400_000_000)) {
        state = Locked(State(now: now))
    }

    package var now: Timestamp { state.withLock(\.now) }

    package func advance(by duration: Duration) { advance(to: now + duration) }

    /// Moves to `instant`; never back.
    package func advance(to instant: Timestamp) {
        let woken = state.withLock { state in
            state.now = max(state.now, instant)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Returns when somebody sleeps until that instant.
    package func waitUntilAsleep(until deadline: Timestamp) async {
        while !state.withLock({ $0.sleepers.values.contains { $0.deadline == deadline } }) {
            await Task.yield()
        }
    }

    package func sleep(until deadline: Timestamp) async throws {
        let id = UUID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isDue = state.withLock { state in
                    if deadline <= state.now || Task.isCancelled { return true }
                    state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
                    return false
                }
                if isDue { continuation.resume(with: Result { try Task.checkCancellation() }) }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// The same time for one who is slow: when he sleeps, it passes for everybody at once.
package struct LeapingClock: WallClock {
    private let clock: VirtualClock

    package init(_ clock: VirtualClock) { self.clock = clock }

    package var now: Timestamp { clock.now }

    package func sleep(until deadline: Timestamp) async throws { clock.advance(to: deadline) }
}
