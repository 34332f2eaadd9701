// A primitive: one thing a runbook can ask of the engine, as a record. Argument checks, editor
// files, help and replay all read this record; there is no second list.
import Model
import Store

package final class Primitive: Sendable {
    /// Where in a run's life a primitive may be called.
    package enum Phase: String, Sendable, CaseIterable {
        /// While the card is read: before any run, without side effects.
        case card
        /// In a plan's preflight: nothing may be changed yet (P-4).
        case preflight
        /// In steps and runbooks.
        case run
    }

    /// What a repetition would mean, which decides how a call with unknown outcome is settled.
    package enum Effect: Sendable {
        /// Looks only; after a death it looks again.
        case reads
        /// Doing it twice is doing it once; after a death it is done again.
        case repeatable
        /// After a death the reader is asked whether it was done.
        case once(wasDone: @Sendable (PrimitiveCall) async throws -> Value?)
        /// Nobody can tell whether it happened; after a death a person is asked.
        case unknowable
        /// The answer comes from outside: a person or the clock. The run leaves memory meanwhile.
        case waits(answer: @Sendable (PrimitiveCall) async throws -> Arrival)
        /// Branches of the script run side by side until the last has ended.
        case forks
        /// A line of a stream: answered at once, never journaled, written once also when replayed.
        case notes
    }

    /// What a waiting primitive finds when it looks whether its answer has come.
    package enum Arrival: Sendable {
        case value(Value)
        /// Not yet; look again at that time, or when pushed.
        case pending(until: Timestamp?)
        /// Something fell due and is to be written down, and watchers told; then look again.
        case found([Change], topic: Notice.Topic)
    }

    /// `namespace.verb`.
    package let name: String
    /// One sentence in the present tense.
    package let summary: String
    package let parameters: [Parameter]
    /// What a failure of a parameter's check is about, by its place: `fabric.vm: name`.
    let subjects: [String]
    /// Whether a parameter takes a secret: its use is recorded, and no outcome shows it.
    let takesSecrets: Bool
    package let result: ValueType
    /// What the result is, for the editor: `the machine`, or empty when there is none.
    package let resultSummary: String
    package let effect: Effect
    package let phases: Set<Phase>
    /// Changes of our own store that belong to the act; they share the intent's transaction, of a
    /// read that of its result. A read's raises nothing.
    package let opening: @Sendable (PrimitiveCall) async throws -> [Change]
    /// The right that whoever started the run must hold (F-9); nil when everybody may.
    package let right: @Sendable (PrimitiveCall) -> FailoverRight?
    /// What is written when a call that waits is told to end: what it waits for ends too.
    package let abandoning: @Sendable (PrimitiveCall, Failure) throws -> [Change]
    package let raises: [Failure.Code]
    /// A line or a few of Lua.
    package let example: String
    package let perform: @Sendable (PrimitiveCall) async throws -> Value

    package init(
        _ name: String, _ summary: String, parameters: [Parameter] = [], result: ValueType = .any,
        returns resultSummary: String = "", effect: Effect,
        opening: @escaping @Sendable (PrimitiveCall) async throws -> [Change] = { _ in [] },
        right: @escaping @Sendable (PrimitiveCall) -> FailoverRight? = { _ in nil },
        abandoning: @escaping @Sendable (PrimitiveCall, Failure) throws -> [Change] = { _, _ in
            []
        },
        phases: Set<Phase>? = nil,
        raises: [Failure.Code] = [], example: String,
        perform: @escaping @Sendable (PrimitiveCall) async throws -> Value
    ) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        subjects = parameters.map { "\(name): \($0.name)" }
        takesSecrets = parameters.contains { $0.type.holdsSecret }
        self.result = result
        self.resultSummary = resultSummary
        self.effect = effect
        self.opening = opening
        self.right = right
        self.abandoning = abandoning
        self.phases = phases ?? effect.usualPhases
        self.raises = raises
        self.example = example
        guard takesSecrets else {
            self.perform = perform
            return
        }
        self.perform = { call in
            try await call.opened.scrubbing { try await perform(call) }
        }
    }

    package var namespace: String { String(name.prefix(while: { $0 != "." })) }
    package var verb: String { String(name.drop(while: { $0 != "." }).dropFirst()) }

    /// Whether it changes something, so that the run must hold the vms it names (P-7).
    package var isWrite: Bool {
        switch effect {
        case .reads, .notes, .waits, .forks: false
        case .repeatable, .once, .unknowable: true
        }
    }
}

extension Primitive.Effect {
    var usualPhases: Set<Primitive.Phase> {
        switch self {
        case .reads: [.card, .preflight, .run]
        case .notes: [.preflight, .run]
        case .repeatable, .once, .unknowable, .waits, .forks: [.run]
        }
    }

    /// The word for people: in help and in a dry run.
    package var word: String {
        switch self {
        case .reads: "reads"
        case .repeatable: "writes; doing it twice is doing it once"
        case .once: "writes once; asks the site whether it was done"
        case .unknowable: "writes; asks a person when its outcome is unknown"
        case .waits: "waits; the run leaves memory"
        case .forks: "runs branches side by side"
        case .notes: "notes"
        }
    }
}
