// Calls that the journal knows: one with its outcome is answered from it; one without was under way
// when the engine died, or waits still.
import Model
import Store

extension BranchJournal {
    mutating func replay(
        _ primitive: Primitive, _ arguments: String, _ given: [String: Value],
        _ place: JournalPlace, _ position: SourcePosition?
    ) async throws -> Outcome {
        let intent = recorded[cursor]
        guard intent.primitive == primitive.name, intent.payload == arguments else {
            throw Failure.divergence(
                at: place, recorded: intent, asked: primitive.name, arguments, position: position)
        }
        cursor += 1
        tick(to: intent.at)
        context.rehearsal?.note(place, at: position)
        defer { context.rehearsal?.note(branch, read: cursor) }
        guard cursor < recorded.count else {
            if context.rehearsal != nil { return .parked(until: nil) }
            let call = primitiveCall(place, given, startedAt: intent.at, position)
            latest = (primitive, call)
            return try await settle(primitive, call)
        }
        let outcome = recorded[cursor]
        cursor += 1
        tick(to: outcome.at)
        if outcome.kind == .result { return .value(outcome.payload) }
        let failure = Failure(try Value(json: outcome.payload))
        if failure?.endsRun == true { reasonToldToEnd = reasonToldToEnd ?? failure }
        return .failure(failure ?? Failure(.storeDamaged, "\(place): no failure in its outcome"))
    }

    /// The engine died between intent and outcome, or the answer was not there yet.
    mutating func settle(
        _ primitive: Primitive, _ call: PrimitiveCall
    ) async throws -> Outcome {
        switch primitive.effect {
        case .reads, .repeatable, .notes, .forks: return try await act(primitive, call)
        case .waits: return try await look(primitive, call)
        case .unknowable: return try await askWhetherDone(primitive, call)
        case .once(let wasDone):
            return try await record(primitive, call) {
                if let done = try await wasDone(call) { return done }
                return try await primitive.perform(call)
            }
        }
    }

    /// Looks again for the outcome of the call that waits.
    mutating func lookAgain() async throws -> Outcome {
        guard let (primitive, call) = latest else { return .parked(until: nil) }
        return try await settle(primitive, call)
    }

    /// The number of the outcome that the next call finds in the journal; nil where it ends.
    var nextOutcome: Int64? { cursor + 1 < numbers.count ? numbers[cursor + 1] : nil }

    /// Nobody can tell whether it happened, so a person is asked, at the place of the call itself.
    private mutating func askWhetherDone(
        _ primitive: Primitive, _ call: PrimitiveCall
    ) async throws -> Outcome {
        let doubt = OutcomeDoubt(primitive: primitive, call: call)
        switch try await doubt.answer(committing: context) {
        case .pending: return .parked(until: nil)
        case .done: return try await close(.value("null"), primitive, call.place)
        case .notDone: return try await act(primitive, call)
        case .refused(let failure):
            return try await close(.failure(failure), primitive, call.place)
        }
    }
}
