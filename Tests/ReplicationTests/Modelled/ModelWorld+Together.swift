// Two verbs at once on one protection. The first has the machine's turn when the second is asked,
// so that what comes of it does not depend on threads: the second waits, and goes on from whatever
// the first has left, also from its death.
import Fabric
import Model

@testable import Replication

extension ModelWorld {
    /// Does a step, and what somebody else asks meanwhile; raises what the first came to.
    func actAtOnce(
        _ step: ModelStep, _ engine: ReplicationEngine, _ key: String, _ life: Life
    ) async throws {
        guard let second = step.second else { return try await act(step, engine, key) }
        life.visit(after: step.number / 100 % 4) { [self] in
            await begin(second, engine, key, life)
        }
        let failure: (any Error)?
        do {
            try await act(step, engine, key)
            failure = nil
        } catch { failure = error }
        // A verb without that many changes is over before the other comes.
        if companion == nil { await begin(second, engine, key, life) }
        let broken = await companion?.value
        companion = nil
        if let broken { throw broken }
        if let failure { throw failure }
    }

    /// Asks for the second verb; returns when it waits for its turn, or is over.
    private func begin(
        _ second: ModelStep, _ engine: ReplicationEngine, _ key: String, _ life: Life
    ) async {
        let isOver = Locked(false)
        companion = Task {
            defer { isOver.withLock { $0 = true } }
            return await attempt(second, engine, "\(key) too", life)
        }
        while !isOver.withLock({ $0 }) {
            let waiting = await engine.turns.waiting
            if waiting.values.contains(where: { !$0.isEmpty }) { return }
            await Task.yield()
        }
    }

    /// Any named failure will do: what must hold is looked at afterwards.
    private func attempt(
        _ second: ModelStep, _ engine: ReplicationEngine, _ key: String, _ life: Life
    ) async -> Broken? {
        do {
            try await act(second, engine, key)
            return nil
        } catch let broken as Broken {
            return broken
        } catch {
            guard !(error is Failure), !life.hasEnded else { return nil }
            return Broken(description: "no named failure: \(error)")
        }
    }
}
