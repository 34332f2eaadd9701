// Counts the rings for a run, so that one that comes between a look and a wait is not missed.
import Fabric
import Model

final class Bell: Sendable {
    private struct State {
        var count = 0
        var waiters: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Locked(State())

    var count: Int { state.withLock(\.count) }

    func ring() {
        let waiters = state.withLock { state in
            state.count += 1
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Returns at the first ring after `heard`, at `deadline`, or when cancelled (by throwing).
    func wait(after heard: Int, until deadline: Timestamp?, clock: any WallClock) async throws {
        let (rings, waiter) = AsyncStream<Void>.makeStream()
        let isNews = state.withLock { state in
            if state.count == heard { state.waiters.append(waiter) }
            return state.count != heard
        }
        if isNews { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in rings {} }
            if let deadline {
                group.addTask { try? await clock.sleep(until: deadline) }
            }
            await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }
}
