// What strands wait for: outcomes that are in the journal, acts that are under way, answers from
// outside; and how each reaches Lua.
import LuaRuntime
import Model
import Store

extension Strands {
    var firstRecorded: Int? {
        strands.filter { $0.value.recorded != nil }
            .min { ($0.value.recorded?.number ?? 0) < ($1.value.recorded?.number ?? 0) }?.key
    }

    mutating func replay(_ id: Int, _ state: inout LuaState) async throws {
        guard var strand = strands[id], let (_, asked) = strand.recorded else { return }
        strand.recorded = nil
        let outcome = try await strand.journal.call(
            asked.primitive, asked.arguments, asked.given, at: asked.position)
        strands[id] = strand
        reply(outcome, to: id, &state)
    }

    mutating func perform(_ asked: Asked, of id: Int, in group: inout Group) {
        look(id, in: &group) { journal in
            try await journal.call(
                asked.primitive, asked.arguments, asked.given, at: asked.position)
        }
    }

    private mutating func look(
        _ id: Int, in group: inout Group,
        _ work: @escaping @Sendable (inout BranchJournal) async throws -> BranchJournal.Outcome
    ) {
        guard let journal = strands[id]?.journal else { return }
        strands[id]?.heard = wakes
        inFlight += 1
        group.addTask {
            var journal = journal
            let outcome = try await work(&journal)
            return .came(id, journal, outcome)
        }
    }

    mutating func hear(
        _ report: Report, _ news: AsyncStream<Void>, _ state: inout LuaState,
        in group: inout Group
    ) {
        switch report {
        case .came(let id, let journal, let outcome):
            inFlight -= 1
            strands[id]?.journal = journal
            strands[id]?.journal.giveHeld()
            give(outcome, to: id, &state, in: &group)
        case .woken:
            listen(news, in: &group)
            wakeParked(in: &group)
        case .due:
            let now = script.context.services.clock.now
            for id in strands.keys.sorted() where strands[id]?.until.map({ $0 <= now }) ?? false {
                wake(id, in: &group)
            }
        }
    }

    mutating func give(
        _ outcome: BranchJournal.Outcome, to id: Int, _ state: inout LuaState,
        in group: inout Group
    ) {
        guard case .parked(let until) = outcome else { return reply(outcome, to: id, &state) }
        strands[id]?.isParked = true
        strands[id]?.until = until
        // Something was heard since it looked.
        if let strand = strands[id], strand.heard < wakes { return wake(id, in: &group) }
        guard let until else { return }
        let clock = script.context.services.clock
        group.addTask {
            try await clock.sleep(until: until)
            return .due
        }
    }

    private mutating func reply(
        _ outcome: BranchJournal.Outcome, to id: Int, _ state: inout LuaState
    ) {
        guard let clock = strands[id]?.journal.clock else { return }
        state.turn(to: id)
        switch outcome {
        case .value(let json): state.reply(json: json, at: clock)
        case .failure(let failure) where failure.endsRun: state.interrupt(failure, at: clock)
        case .failure(let failure): state.raise(failure, at: clock)
        case .parked: return
        }
        runnable.append(id)
    }

    // MARK: Waiting

    func listen(_ news: AsyncStream<Void>, in group: inout Group) {
        group.addTask {
            for await _ in news { return .woken }
            throw CancellationError()
        }
    }

    mutating func wakeParked(in group: inout Group) {
        wakes += 1
        for id in strands.keys.sorted() where strands[id]?.isParked == true {
            wake(id, in: &group)
        }
    }

    private mutating func wake(_ id: Int, in group: inout Group) {
        strands[id]?.isParked = false
        strands[id]?.until = nil
        look(id, in: &group) { journal in try await journal.lookAgain() }
    }
}
