// Holds work to an instant. Work that does not end is left behind: a host that hangs must not hang
// the run, and its late effect is told as possible (`plan.step_timed_out`).
import Fabric
import Model

struct TimeLimit: Sendable {
    private let limit: Timestamp?
    private let clock: any WallClock

    init(_ limit: Timestamp?, clock: any WallClock) {
        self.limit = limit
        self.clock = clock
    }

    func run(
        _ work: @escaping @Sendable () async throws -> Value,
        elseThrow late: @autoclosure @escaping @Sendable () -> Failure
    ) async throws -> Value {
        guard let limit else { return try await work() }
        let finish = FirstOutcome()
        let worker = Task {
            do { finish.offer(.success(try await work())) } catch { finish.offer(.failure(error)) }
        }
        let timer = Task {
            try await clock.sleep(until: limit)
            finish.offer(.failure(late()))
        }
        defer {
            worker.cancel()
            timer.cancel()
        }
        return try await finish.outcome()
    }
}

/// The first outcome that is offered; later ones are dropped.
private final class FirstOutcome: Sendable {
    private struct State {
        var outcome: Result<Value, any Error>?
        var waiter: CheckedContinuation<Value, any Error>?
    }

    private let state = Locked(State())

    func offer(_ outcome: Result<Value, any Error>) {
        let waiter = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            guard state.outcome == nil else { return nil }
            state.outcome = outcome
            return state.waiter
        }
        waiter?.resume(with: outcome)
    }

    func outcome() async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let ready = state.withLock { state -> Result<Value, any Error>? in
                if state.outcome == nil { state.waiter = continuation }
                return state.outcome
            }
            if let ready { continuation.resume(with: ready) }
        }
    }
}
