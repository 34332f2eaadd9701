// At most so many transfers at once over the whole engine, in the order in which they came to wait
//

actor TransferSlots {
    private let count: Int
    /// Transfers under way.
    private(set) var taken = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { self.count = count }

    /// Transfers that wait for their turn.
    var waitingCount: Int { waiting.count }

    /// Runs `body` when its turn has come.
    nonisolated func holding<Result: Sendable>(
        _ body: () async throws -> Result
    ) async throws -> Result {
        await take()
        do {
            let result = try await body()
            await give()
            return result
        } catch {
            await give()
            throw error
        }
    }

    private func take() async {
        if taken < count {
            taken += 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func give() {
        if waiting.isEmpty { taken -= 1 } else { waiting.removeFirst().resume() }
    }
}
