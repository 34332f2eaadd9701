// The call of `job.parallel` in its own branch's journal: an intent when the branches begin, an
// outcome when the last has ended. What they did in between stands in journals of their own, under
// `parallel/CALL/BRANCH`.
import Model
import Store

extension BranchJournal {
    /// Writes or reads the intent; false where a rehearsal has come to the journal's end. The call
    /// hears of no abort: its branches do.
    mutating func beginFork(
        _ primitive: Primitive, _ arguments: String, at position: SourcePosition?
    ) async throws -> Bool {
        let place = takePlace()
        if isReplaying {
            let intent = recorded[cursor]
            guard intent.primitive == primitive.name, intent.payload == arguments else {
                throw Failure.divergence(
                    at: place, recorded: intent, asked: primitive.name, arguments,
                    position: position)
            }
            read(intent)
            return true
        }
        if context.rehearsal != nil { return false }
        let intent = JournalEntry(
            .intent, at: place, primitive: primitive.name, payload: arguments, on: now)
        try await commit([.journaled(intent)])
        tick(to: intent.at)
        return true
    }

    /// Reads the outcome, or holds it; `told` is why the branches were told to end, if they were.
    mutating func endFork(_ primitive: Primitive, told: Failure?) async throws -> Outcome {
        if isReplaying {
            let outcome = recorded[cursor]
            read(outcome)
            if outcome.kind == .result { return .value(outcome.payload) }
            reasonToldToEnd = reasonToldToEnd ?? told
            return .failure(
                Failure(try Value(json: outcome.payload))
                    ?? Failure(.storeDamaged, "\(outcome.place): no failure in its outcome"))
        }
        if context.rehearsal != nil { return .parked(until: nil) }
        let place = JournalPlace(run: context.run.id, branch: branch, sequence: sequence)
        return try await close(told.map { .failure($0) } ?? .value("null"), primitive, place)
    }

    private mutating func read(_ entry: JournalEntry) {
        cursor += 1
        tick(to: entry.at)
        context.rehearsal?.note(branch, read: cursor)
    }

    /// The journal of a branch of the call that was begun last.
    func branch(_ index: Int, stop: StopSignal) throws -> BranchJournal {
        var journal = try BranchJournal(
            context, branch.child("parallel/\(sequence)/\(index)"), hearsAbort: isToBeTold,
            stop: stop)
        journal.limit = limit
        journal.beside = beside
        journal.tick(to: clock)
        return journal
    }
}
