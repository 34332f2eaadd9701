// How many labs may be busy at once: the machine has few cores, and a test that waits for a lane is
// better off than one whose programs starve.

actor Lanes {
    static let shared = Lanes(4)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private init(_ count: Int) { free = count }

    /// Does `work` when a lane is free; those who wait are served in their order.
    nonisolated func pass<Result>(_ work: () async throws -> Result) async throws -> Result {
        await enter()
        do {
            let result = try await work()
            await leave()
            return result
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
