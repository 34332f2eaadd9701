// Executes Lua for a branch: makes the state, reads the card by the card's journal, calls the
// function by the branch's own. When an answer is not there yet the state is dropped; the next
// execution replays.
import LuaRuntime
import Model
import Store

struct ScriptExecution {
    enum End: Sendable {
        case finished(Value)
        case failed(Failure)
        case parked(until: Timestamp?)
    }

    let context: RunContext
    let file: LuaModule

    /// The branch of the calls a card makes while it is read, the same for every state of the run.
    static let cardBranch = Branch("card")

    init(context: RunContext) throws {
        self.context = context
        guard let file = try context.sources.module(context.run.file) else {
            throw Failure(.storeDamaged, "run \(context.run.id) does not hold its own text")
        }
        self.file = file
    }

    /// Reads the card. Its reads are journaled once and are the same ever after (P-6).
    func card() async throws -> End {
        var state = try makeState()
        return try await load(&state)
    }

    /// Calls the function at `path` of the card, its primitives journaled in `journal`.
    func call(
        _ path: CardPath, with argument: Value, _ journal: inout BranchJournal,
        in phase: Primitive.Phase = .run
    ) async throws -> End {
        do {
            var state = try makeState()
            let loaded = try await load(&state)
            guard case .finished = loaded else { return loaded }
            try state.call(path: path, arguments: [argument.canonicalJSON])
            return try await drive(&state, &journal, in: phase)
        } catch let failure as Failure where failure.code.name.hasPrefix("lua.") {
            return .failed(failure)
        }
    }

    private func load(_ state: inout LuaState) async throws -> End {
        do throws(Failure) {
            try state.load(file)
        } catch {
            return .failed(error)
        }
        var journal = try BranchJournal(context: context, branch: Self.cardBranch, canHalt: false)
        return try await drive(&state, &journal, in: .card)
    }

    private func makeState() throws(Failure) -> LuaState {
        let sources = context.sources
        let preludes = try Library.preludes { name throws(Failure) in
            try sources.module(name)
        }
        return try LuaState(
            LuaConfiguration(
                primitives: context.catalogue.luaNames, prelude: preludes,
                limits: LuaLimits(context.run.limits), seed: context.run.randomSeed,
                start: context.run.startedAt ?? context.run.createdAt
            ) { name throws(Failure) in try sources.module(name) })
    }

    /// Runs the state to its end or its pause; the journal holds nothing then.
    private func drive(
        _ state: inout LuaState, _ journal: inout BranchJournal, in phase: Primitive.Phase
    ) async throws -> End {
        let end: End
        do {
            end = try await advance(&state, &journal, in: phase)
        } catch {
            try await journal.flush()
            throw error
        }
        try await journal.flush()
        return end
    }

    private func advance(
        _ state: inout LuaState, _ journal: inout BranchJournal, in phase: Primitive.Phase
    ) async throws -> End {
        while true {
            switch state.next() {
            case .slice:
                try await journal.flush()
                await Task.yield()
            case .finished(let json): return .finished(try Value(json: json))
            case .failed(let failure), .killed(let failure): return .failed(failure)
            case .call(let call):
                if let end = try await answer(call, &state, &journal, in: phase) { return end }
            }
        }
    }

    /// Answers a call; returns an end only when the branch parks.
    private func answer(
        _ call: LuaCall, _ state: inout LuaState, _ journal: inout BranchJournal,
        in phase: Primitive.Phase
    ) async throws -> End? {
        guard let primitive = context.catalogue[call.primitive] else {
            throw Failure(
                .internalFault, "the state knows \(call.primitive), the catalogue does not")
        }
        if case .notes = primitive.effect, primitive.phases.contains(phase) {
            if journal.isHalted, !journal.isReplaying { return .parked(until: nil) }
            note(call, primitive, &state, &journal)
            return nil
        }
        try context.rehearsal?.look(at: state, making: journal.nextPlace)
        if case .forks = primitive.effect {
            return try await fork(call, primitive, &state, &journal, in: phase)
        }
        switch try await journal.call(primitive, call.arguments, at: call.position, in: phase) {
        case .value(let json): state.reply(json: json, at: journal.clock)
        case .failure(let failure):
            if failure.endsRun {
                state.cancel(failure)
            } else {
                state.raise(failure, at: journal.clock)
            }
        case .parked(let until): return .parked(until: until)
        }
        return nil
    }

    /// Runs the branches of a call to their ends; returns an end only when all of them park.
    private func fork(
        _ call: LuaCall, _ primitive: Primitive, _ state: inout LuaState,
        _ journal: inout BranchJournal, in phase: Primitive.Phase
    ) async throws -> End? {
        var strands = Strands(script: self, phase: phase)
        switch try await strands.conduct(call, primitive, &state, &journal) {
        case .went(.value(let json)): state.reply(json: json, at: journal.clock)
        case .went(.failure(let failure)) where failure.endsRun:
            state.interrupt(failure, at: journal.clock)
        case .went(.failure(let failure)): state.raise(failure, at: journal.clock)
        case .went(.parked(let until)): return .parked(until: until)
        case .ruined(let failure): return .failed(failure)
        }
        return nil
    }

    func note(
        _ call: LuaCall, _ primitive: Primitive, _ state: inout LuaState,
        _ journal: inout BranchJournal
    ) {
        do throws(Failure) {
            let list = try Value(json: call.arguments).list ?? []
            let given = try primitive.arguments(from: list, at: call.position)
            journal.note(Catalogue.level(ofNote: primitive.name), given["text"]?.text ?? "")
            state.reply(json: "null", at: journal.clock)
        } catch {
            state.raise(error, at: journal.clock)
        }
    }
}

extension LuaLimits {
    /// The house's limits, narrowed by the card's.
    fileprivate init(_ limits: RunLimits) {
        self.init()
        memory = limits.memory ?? memory
        instructions = limits.instructions ?? instructions
    }
}
