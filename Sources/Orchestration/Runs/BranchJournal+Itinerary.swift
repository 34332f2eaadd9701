// The calls that the engine's own itinerary makes, by values instead of a script's JSON.
import Model

extension BranchJournal {
    /// Calls a primitive with values, from the engine's own itinerary.
    package mutating func call(_ name: String, _ arguments: Value...) async throws -> Outcome {
        try await call(name, arguments: arguments)
    }

    package mutating func call(_ name: String, arguments: [Value]) async throws -> Outcome {
        guard let primitive = context.catalogue[name] else {
            throw Failure(.internalFault, "the engine has no primitive \(name)")
        }
        let outcome = try await call(primitive, Value.list(arguments).canonicalJSON)
        try await flush()
        return outcome
    }
}
