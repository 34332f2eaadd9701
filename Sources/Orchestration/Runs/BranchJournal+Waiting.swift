// A call whose answer comes from outside: looked for, and parked until it is there.
import Model
import Store

extension BranchJournal {
    /// Looks whether the answer from outside has come.
    mutating func look(
        _ primitive: Primitive, _ call: PrimitiveCall
    ) async throws -> Outcome {
        guard case .waits(let answer) = primitive.effect, !isHalted else { return try await halt() }
        if let reason = reasonToEnd {
            reasonToldToEnd = reason
            return try await abandon(primitive, call, for: reason)
        }
        do {
            switch try await answer(call) {
            case .value(let value):
                return try await close(.value(value.canonicalJSON), primitive, call.place)
            case .pending(let until): return try await park(until, primitive, call)
            case .found(let changes, let topic):
                try await write(changes, topic)
                return try await look(primitive, call)
            }
        } catch let failure as Failure where failure.isOutcome {
            return try await close(.failure(failure), primitive, call.place)
        }
    }

    /// Writes down what fell due. Somebody may have been quicker: the next look finds what he did.
    private func write(_ changes: [Change], _ topic: Notice.Topic) async throws {
        do {
            try await context.commit(changes)
            context.ring(Notice(topic, run: context.run.id))
        } catch let failure as Failure where failure.code == .answeredAlready {}
    }

    private mutating func abandon(
        _ primitive: Primitive, _ call: PrimitiveCall, for reason: Failure
    ) async throws -> Outcome {
        let changes = try primitive.abandoning(call, reason)
        return try await close(.failure(reason), primitive, call.place, opening: changes)
    }

    /// No call is begun now, for the run is to rest, to stop or to leave memory: what came before
    /// is written.
    mutating func halt(until instant: Timestamp? = nil) async throws -> Outcome {
        try await flush()
        return .parked(until: instant)
    }

    private mutating func park(
        _ until: Timestamp?, _ primitive: Primitive, _ call: PrimitiveCall
    ) async throws -> Outcome {
        if let limit, limit <= now {
            return try await abandon(primitive, call, for: .timedOut(primitive))
        }
        try await flush()
        return .parked(until: [until, limit, mustEndBy].compactMap { $0 }.min())
    }
}
