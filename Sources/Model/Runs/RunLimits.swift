// What one runbook may use of the house (B-9): its card says it, the run keeps it from its start.

package struct RunLimits: Sendable, Hashable {
    /// Memory of each Lua state of the run; nil: the house's, which is the most.
    package var memory: ByteCount?
    /// Lua instructions of each branch, replay included; nil: the house's, which is the most.
    package var instructions: Int?
    /// How long the run may take, waiting included; nil: for ever.
    package var time: Duration?
    /// How many runs of this runbook may be running at once; nil: any number. A run that waits for
    /// a person or a time does not count.
    package var atOnce: Int?

    package init(
        memory: ByteCount? = nil, instructions: Int? = nil, time: Duration? = nil,
        atOnce: Int? = nil
    ) {
        self.memory = memory
        self.instructions = instructions
        self.time = time
        self.atOnce = atOnce
    }
}

extension RunLimits {
    /// The form that is stored and shown; what is not limited is left out.
    package var value: Value {
        var fields: [String: Value] = [:]
        if let memory { fields["memory_bytes"] = .integer(memory.bytes) }
        if let instructions { fields["instructions"] = .integer(Int64(instructions)) }
        if let time { fields["time_seconds"] = .float(time.seconds) }
        if let atOnce { fields["at_once"] = .integer(Int64(atOnce)) }
        return .object(fields)
    }

    package init(_ value: Value) {
        memory = value["memory_bytes"]?.number.map { ByteCount(Int64($0)) }
        instructions = value["instructions"]?.number.map { Int($0) }
        time = value["time_seconds"]?.number.map { .seconds($0) }
        atOnce = value["at_once"]?.number.map { Int($0) }
    }
}
