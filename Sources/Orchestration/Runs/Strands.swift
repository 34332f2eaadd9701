// Conducts the branches of `job.parallel`: strands of one Lua state, each with its own journal.
// Calls of different strands are performed side by side; their outcomes are given to Lua one at a
// time, and between two of them every strand has come to its next call or its end.
//
//     drain the runnable, in turn ─▶ an outcome in the journal? the one written first
//          ▲                          else the first that comes ─▶ given, noted in that order
//          └────────────────────────────────────────────────────────────┘
//
// Must stay true: what a strand does depends on the outcomes that were given before, to any of
// them, and on nothing else. So a replay gives them in the order in which they stand in the journal
// of the run, whichever comes first this time.
import LuaRuntime
import Model
import Store

struct Strands {
    enum End {
        case went(BranchJournal.Outcome)
        /// A bound was reached, and the state is of no more use.
        case ruined(Failure)
    }

    struct Asked: Sendable {
        let primitive: Primitive
        let arguments: String
        let given: [String: Value]
        let position: SourcePosition?
    }

    struct Strand {
        let fork: Int
        var journal: BranchJournal
        /// A call whose outcome is in the journal and has yet to be given.
        var recorded: (number: Int64, Asked)?
        var isParked = false
        var until: Timestamp?
        /// How many wakes had been heard when its call was looked at.
        var heard = 0
    }

    enum Report: Sendable {
        case came(Int, BranchJournal, BranchJournal.Outcome)
        case woken, due
    }

    typealias Group = ThrowingTaskGroup<Report, any Error>

    let script: ScriptExecution
    private let phase: Primitive.Phase
    var forks: [StrandFork] = []
    var strands: [Int: Strand] = [:]
    var runnable: [Int] = []
    var inFlight = 0
    var wakes = 0
    private var ruin: Failure?

    init(script: ScriptExecution, phase: Primitive.Phase) {
        self.script = script
        self.phase = phase
    }

    /// Runs the branches of `call`, and those of their own calls, until the last has ended.
    mutating func conduct(
        _ call: LuaCall, _ primitive: Primitive, _ state: inout LuaState,
        _ main: inout BranchJournal
    ) async throws -> End {
        do throws(Failure) {
            _ = try primitive.admitted(call.arguments, at: call.position, in: phase)
        } catch {
            return .went(.failure(error))
        }
        main.beside = main.beside ?? GivenOutcomes()
        guard try await main.beginFork(primitive, call.arguments, at: call.position) else {
            return .went(.parked(until: nil))
        }
        let group = try StrandFork(call, primitive, of: nil, below: main.stop, &state)
        forks.append(group)
        try begin(0, from: main)
        if let until = try await run(&state, main) {
            try await main.flush()
            return .went(.parked(until: until.instant))
        }
        state.turn(to: 0)
        if let ruin {
            try await main.flush()
            return .ruined(ruin)
        }
        return .went(try await main.endFork(primitive, told: told(in: 0)))
    }

    private struct Pause { let instant: Timestamp? }

    /// Returns a pause when all that is left waits for somebody.
    private mutating func run(
        _ state: inout LuaState, _ main: BranchJournal
    ) async throws -> Pause? {
        let news = script.context.control.wakes()
        return try await withThrowingTaskGroup(of: Report.self) { group in
            defer { group.cancelAll() }
            listen(news, in: &group)
            while ruin == nil, !forks[0].isOver {
                if let next = runnable.first {
                    runnable.removeFirst()
                    try await drive(next, &state, main, in: &group)
                } else if let next = firstRecorded {
                    try await replay(next, &state)
                } else if inFlight == 0 {
                    return Pause(instant: strands.values.compactMap(\.until).min())
                } else if let report = try await group.next() {
                    hear(report, news, &state, in: &group)
                }
            }
            while inFlight > 0, let report = try await group.next() {
                hear(report, news, &state, in: &group)
            }
            return nil
        }
    }

    // MARK: Forks

    private mutating func begin(_ fork: Int, from parent: BranchJournal) throws {
        while let (strand, index) = forks[fork].takeNext() {
            let journal = try parent.branch(index, stop: forks[fork].stop)
            strands[strand] = Strand(fork: fork, journal: journal)
            runnable.append(strand)
        }
    }

    /// Why the branches of a fork were told to end by what is outside of it.
    private func told(in fork: Int) -> Failure? { forks[fork].told }

    /// A strand has ended, with what failed in it or without.
    private mutating func end(
        _ id: Int, _ message: String?, _ state: inout LuaState, _ main: BranchJournal,
        in group: inout Group
    ) async throws {
        guard var strand = strands.removeValue(forKey: id) else { return }
        strand.journal.giveHeld()
        let fork = strand.fork
        let isStopped = forks[fork].end(strand.journal.reasonToldToEnd, message)
        if isStopped { wakeParked(in: &group) }
        let parent = forks[fork].parent
        try begin(fork, from: parent.flatMap { strands[$0]?.journal } ?? main)
        guard forks[fork].isOver, let parent, var above = strands[parent] else { return }
        let outcome = try await above.journal.endFork(
            forks[fork].primitive, told: told(in: fork))
        above.journal.giveHeld()
        strands[parent] = above
        give(outcome, to: parent, &state, in: &group)
    }

    // MARK: Driving

    private mutating func drive(
        _ id: Int, _ state: inout LuaState, _ main: BranchJournal, in group: inout Group
    ) async throws {
        while true {
            state.turn(to: id)
            switch state.next() {
            case .slice:
                try await strands[id]?.journal.flush()
                await Task.yield()
            case .finished(let json):
                return try await end(id, try Value(json: json).text, &state, main, in: &group)
            case .failed(let failure), .killed(let failure):
                ruin = failure
                return
            case .call(let call):
                guard try await answer(call, of: id, &state, in: &group) else { return }
            }
        }
    }

    /// Whether the strand goes on at once.
    private mutating func answer(
        _ call: LuaCall, of id: Int, _ state: inout LuaState, in group: inout Group
    ) async throws -> Bool {
        guard var journal = strands[id]?.journal,
            let primitive = script.context.catalogue[call.primitive]
        else { throw Failure(.internalFault, "the catalogue does not know \(call.primitive)") }
        let given: [String: Value]
        do throws(Failure) {
            given = try primitive.admitted(call.arguments, at: call.position, in: phase)
        } catch {
            state.raise(error, at: journal.clock)
            return true
        }
        try script.context.rehearsal?.look(at: state, making: journal.nextPlace)
        switch primitive.effect {
        case .notes:
            script.note(call, primitive, &state, &journal)
            strands[id]?.journal = journal
            return true
        case .forks:
            let hasBegun = try await journal.beginFork(
                primitive, call.arguments, at: call.position)
            strands[id]?.journal = journal
            guard hasBegun else {
                strands[id]?.isParked = true
                return false
            }
            forks.append(try StrandFork(call, primitive, of: id, below: journal.stop, &state))
            try begin(forks.count - 1, from: journal)
        default:
            let asked = Asked(
                primitive: primitive, arguments: call.arguments, given: given,
                position: call.position)
            if let number = journal.nextOutcome {
                strands[id]?.recorded = (number, asked)
            } else {
                perform(asked, of: id, in: &group)
            }
        }
        return false
    }
}
