// Holds work to an instant. Work that does not end is left behind: a host that hangs must not hang
// the run, and its late effect is told as possible (`plan.step_timed_out`).
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
        let finish = FirstOutcome<Value>()
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
