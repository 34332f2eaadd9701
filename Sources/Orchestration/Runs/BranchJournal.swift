// One branch of a run being executed: every call goes through here. Where the journal has an
// outcome it is returned; where the journal ends the call is performed; between the two lies the
// call whose outcome nobody knows.
//
//     call ──▶ journal has intent and outcome ──▶ outcome             (replay)
//          ──▶ journal has the intent only ──▶ was it done? ──▶ record ──▶ outcome
//          ──▶ journal ends ──▶ record intent ──▶ act ──▶ record outcome
//
// An outcome is held while the script runs on to its next call, at most for a slice, and shares the
// transaction of that call's intent: a call costs one wait for the disk, not two.
//
// Must stay true: no act before its intent, and all that led to it, is on disk; no end and no pause
// before every outcome is. An outcome that dies with the engine is found as any other that did: by
// asking whether it was done.
import Model
import Store

package struct BranchJournal {
    package enum Outcome: Sendable {
        case value(String)
        case failure(Failure)
        /// The answer comes from outside; look again then, or when woken.
        case parked(until: Timestamp?)
    }

    let context: RunContext
    package let branch: Branch
    let recorded: [JournalEntry]
    /// The numbers of the entries among those of all branches.
    let numbers: [Int64]
    var cursor = 0
    private(set) var sequence = 0
    /// Written with the next entry: an outcome at most, and notes.
    private var held: [Change] = []
    private var holdsOutcome = false
    private var noteCount = 0
    private var holdsNotes = false
    /// The time of the last entry: the only clock a script sees.
    package private(set) var clock: Timestamp
    /// A call still waits for its outcome after this instant: then it has failed.
    package var limit: Timestamp?
    /// The instant of the branch's first entry; nil before it.
    package var begunAt: Timestamp? { recorded.first?.at ?? firstIntentAt }
    private var firstIntentAt: Timestamp?
    /// Why the script was told to end; told once, what it does after that is its cleaning up.
    var reasonToldToEnd: Failure?
    private var hasPerformed = false
    private let hearsAbort: Bool
    /// Set when the branch was stopped by what happened beside it.
    let stop: StopSignal?
    /// What branches beside this one have been given and is not written yet; nil where there is
    /// none.
    var beside: GivenOutcomes?
    /// The call that waits.
    var latest: (Primitive, PrimitiveCall)?
    private let canHalt: Bool

    /// Raises what the store raises. A branch that cleans up after an abort does not hear of it;
    /// one that writes down what a run came to is not halted before it has.
    package init(
        context: RunContext, branch: Branch, hearsAbort: Bool = true, canHalt: Bool = true
    ) throws {
        try self.init(context, branch, hearsAbort: hearsAbort, canHalt: canHalt, stop: nil)
    }

    init(
        _ context: RunContext, _ branch: Branch, hearsAbort: Bool, canHalt: Bool = true,
        stop: StopSignal?
    ) throws {
        self.context = context
        self.branch = branch
        self.hearsAbort = hearsAbort
        self.canHalt = canHalt
        self.stop = stop
        let entries = try context.services.store.numberedEntries(
            of: context.run.id, branch: branch)
        recorded = entries.map(\.entry)
        numbers = entries.map(\.number)
        clock = recorded.first?.at ?? context.run.startedAt ?? context.run.createdAt
    }

    var isReplaying: Bool { cursor < recorded.count }
    /// Whether no further call is to be begun.
    var isHalted: Bool { canHalt && context.control.isHalted }
    /// Whether the branch is to leave memory before its next call. Those that have others beside
    /// them leave it together, when all wait.
    private var isEvicted: Bool {
        canHalt && hasPerformed && beside == nil && context.services.evictsAtCalls
    }

    mutating func tick(to instant: Timestamp) { clock = instant }
    var now: Timestamp { context.services.clock.now }
    /// Where the next call stands.
    var nextPlace: JournalPlace {
        JournalPlace(run: context.run.id, branch: branch, sequence: sequence + 1)
    }

    /// A line for one of the run's streams; written with the next entry, and once only.
    package mutating func note(_ level: RunNote.Level, _ text: String) {
        noteCount += 1
        guard !isReplaying else { return }
        holdsNotes = true
        held.append(
            .noted(
                RunNote(
                    run: context.run.id, branch: branch, ordinal: noteCount, level: level,
                    text: text, at: now)))
    }

    /// Writes what is held.
    package mutating func flush() async throws {
        if !held.isEmpty || beside?.isEmpty == false { try await commit([]) }
    }

    /// Calls a primitive. Raises `run.code_changed` when the journal holds another call here, and
    /// what the store raises; everything the primitive raises is an outcome.
    package mutating func call(
        _ primitive: Primitive, _ arguments: String, at position: SourcePosition? = nil,
        in phase: Primitive.Phase = .run
    ) async throws -> Outcome {
        let given: [String: Value]
        do throws(Failure) {
            given = try primitive.admitted(arguments, at: position, in: phase)
        } catch {
            return .failure(error)
        }
        return try await call(primitive, arguments, given, at: position)
    }

    /// The same, of arguments that have been admitted.
    mutating func call(
        _ primitive: Primitive, _ arguments: String, _ given: [String: Value],
        at position: SourcePosition?
    ) async throws -> Outcome {
        let place = takePlace()
        latest = nil
        if isReplaying {
            return try await replay(primitive, arguments, given, place, position)
        }
        if context.rehearsal != nil { return .parked(until: nil) }
        if isHalted { return try await halt() }
        if isEvicted { return try await halt(until: now) }
        hasPerformed = true
        return try await perform(primitive, arguments, given, place, position)
    }

    mutating func takePlace() -> JournalPlace {
        sequence += 1
        return JournalPlace(run: context.run.id, branch: branch, sequence: sequence)
    }

    /// Hands what is held to those beside, behind what they have been given before.
    mutating func giveHeld() {
        beside?.add(held)
        held = []
        holdsOutcome = false
    }

    func primitiveCall(
        _ place: JournalPlace, _ arguments: [String: Value], startedAt: Timestamp,
        _ position: SourcePosition?
    ) -> PrimitiveCall {
        PrimitiveCall(
            place: place, arguments: arguments, startedAt: startedAt,
            by: context.run.startedBy, scope: context.run.scope, runbook: context.run.name,
            at: position, services: context.services, in: context)
    }

    // MARK: Performing

    private mutating func perform(
        _ primitive: Primitive, _ arguments: String, _ given: [String: Value],
        _ place: JournalPlace, _ position: SourcePosition?
    ) async throws -> Outcome {
        let startedAt = now
        firstIntentAt = firstIntentAt ?? startedAt
        let call = primitiveCall(place, given, startedAt: startedAt, position)
        latest = (primitive, call)
        let intent = JournalEntry(
            .intent, at: place, primitive: primitive.name, payload: arguments, on: startedAt)
        if let reason = reasonToEnd {
            reasonToldToEnd = reason
            return try await close(
                .failure(reason), primitive, place, opening: [.journaled(intent)])
        }
        if case .reads = primitive.effect {
            let noted = try await primitive.opening(call)
            return try await read(primitive, call, opening: noted + [.journaled(intent)])
        }
        do {
            let opening = try await primitive.openings(of: call)
            try await commit(opening + [.journaled(intent)])
        } catch let failure as Failure where failure.isOutcome {
            return try await close(
                .failure(failure), primitive, place, opening: [.journaled(intent)])
        }
        clock = startedAt
        if case .waits = primitive.effect { return try await look(primitive, call) }
        return try await act(primitive, call)
    }

    /// A read needs no intent of its own: both entries are written together.
    private mutating func read(
        _ primitive: Primitive, _ call: PrimitiveCall, opening: [Change]
    ) async throws -> Outcome {
        let outcome = try await outcome(of: primitive) { try await primitive.perform(call) }
        return try await close(outcome, primitive, call.place, opening: opening)
    }

    mutating func act(
        _ primitive: Primitive, _ call: PrimitiveCall
    ) async throws -> Outcome {
        try await record(primitive, call) { try await primitive.perform(call) }
    }

    mutating func record(
        _ primitive: Primitive, _ call: PrimitiveCall,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Outcome {
        let outcome = try await outcome(of: primitive, work)
        return try await close(outcome, primitive, call.place)
    }

    /// Why the script is to come to its end, when it has not been told yet.
    var reasonToEnd: Failure? {
        guard isToBeTold else { return nil }
        if let abort = context.control.abort { return abort }
        if let stopped = stop?.reason { return stopped }
        guard let mustEndBy, mustEndBy <= now else { return nil }
        return .outOfTime(context.run)
    }

    var mustEndBy: Timestamp? { isToBeTold ? context.run.mustEndBy : nil }
    var isToBeTold: Bool { hearsAbort && reasonToldToEnd == nil }

    // MARK: Outcomes

    /// What the work came to, within the limit. Trouble of the engine itself is thrown: it is no
    /// outcome of the act, and the run goes on from its journal when the trouble is over.
    private func outcome(
        of primitive: Primitive, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Outcome {
        do {
            let value = try await TimeLimit(
                [limit, mustEndBy].compactMap { $0 }.min(), clock: context.services.clock
            ).run(work, elseThrow: .timedOut(primitive))
            return .value(value.canonicalJSON)
        } catch let failure as Failure where failure.isOutcome {
            return .failure(failure)
        }
    }

    mutating func close(
        _ outcome: Outcome, _ primitive: Primitive, _ place: JournalPlace, opening: [Change] = []
    ) async throws -> Outcome {
        let (kind, payload): (JournalEntry.Kind, String)
        switch outcome {
        case .value(let json): (kind, payload) = (.result, json)
        case .failure(let failure):
            (kind, payload) = (.failure, failure.value.canonicalJSON)
            if failure.endsRun { reasonToldToEnd = reasonToldToEnd ?? failure }
        case .parked: preconditionFailure("a parked call has no outcome to write")
        }
        let at = now
        let entry = JournalEntry(
            kind, at: place, primitive: primitive.name, payload: payload, on: at)
        if holdsOutcome { try await flush() }
        held += opening
        held.append(.journaled(entry))
        holdsOutcome = true
        clock = at
        return outcome
    }

    mutating func commit(_ changes: [Change]) async throws {
        let all = held.isEmpty ? changes : held + changes
        if let beside {
            try await beside.commit(all, to: context)
        } else {
            try await context.commit(all)
        }
        held.removeAll(keepingCapacity: true)
        holdsOutcome = false
        if holdsNotes { context.ring(Notice(.output, run: context.run.id)) }
        holdsNotes = false
    }
}
