// A call whose answer comes from outside: looked for, and parked until it is there.
import Model
import Store

extension BranchJournal {
    /// Looks whether the answer from outside has come.
    mutating func look(
        _ primitive: Primitive, _ call: PrimitiveCall
    ) async throws -> Outcome {
        guard case .waits(let answer) = primitive.effect else { return .parked(until: nil) }
        if let reason = reasonToEnd {
            reasonToldToEnd = reason
            return try await close(.failure(reason), primitive, call.place)
        }
        do {
            switch try await answer(call) {
            case .value(let value):
                return try await close(.value(value.canonicalJSON), primitive, call.place)
            case .pending(let until): return try await park(until, primitive, call)
            }
        } catch let failure as Failure where failure.isOutcome {
            return try await close(.failure(failure), primitive, call.place)
        }
    }

    private mutating func park(
        _ until: Timestamp?, _ primitive: Primitive, _ call: PrimitiveCall
    ) async throws -> Outcome {
        if let limit, limit <= now {
            return try await close(.failure(.timedOut(primitive)), primitive, call.place)
        }
        try await flush()
        return .parked(until: [until, limit, mustEndBy].compactMap { $0 }.min())
    }
}
