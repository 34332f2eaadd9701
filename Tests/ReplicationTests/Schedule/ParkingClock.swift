// A clock that goes on only when it is told: who sleeps is parked until then, and a test can wait
// until somebody is.
import Model

final class ParkingClock: WallClock {
    private struct State {
        var now = Timestamp(microseconds: 1_800_000_000_000_000)
        var number = 0
        var parked: [Int: (until: Timestamp, wake: CheckedContinuation<Void, any Error>)] = [:]
        var cancelled: Set<Int> = []
    }

    private let state = Locked(State())

    var now: Timestamp { state.withLock { $0.now } }

    func sleep(until deadline: Timestamp) async throws {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wake in
                let refusal: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.contains(number) { return .failure(CancellationError()) }
                    if deadline <= state.now { return .success(()) }
                    state.parked[number] = (deadline, wake)
                    return nil
                }
                if let refusal { wake.resume(with: refusal) }
            }
        } onCancel: {
            let wake = state.withLock { state in
                state.cancelled.insert(number)
                return state.parked.removeValue(forKey: number)?.wake
            }
            wake?.resume(throwing: CancellationError())
        }
    }

    /// Goes on, and wakes whose time has come.
    func advance(_ duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now + duration
            let due = state.parked.filter { $0.value.until <= state.now }
            for number in due.keys { state.parked[number] = nil }
            return due.values.map(\.wake)
        }
        for wake in due { wake.resume() }
    }

    /// Returns when somebody sleeps until that instant.
    func waitUntilParked(until instant: Timestamp) async {
        while !state.withLock({ $0.parked.values.contains { $0.until == instant } }) {
            await Task.yield()
        }
    }
}
