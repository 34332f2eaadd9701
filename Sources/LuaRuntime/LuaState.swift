// One Lua state: made for one run, owned by one async function, driven event by event.
import CLua
import Model

/// A sandboxed Lua interpreter with a budget. Load a chunk, then drive:
///
///     var state = try LuaState(configuration)
///     try state.load(LuaModule(name: "runbooks/web-shop.lua", text: text))
///     while true {
///         switch state.next() {
///         case .call(let call): state.reply(json: await perform(call), at: clock.now)
///         case .slice: await Task.yield()
///         case .finished(let card): return card
///         case .failed(let failure), .killed(let failure): throw failure
///         }
///     }
///
/// It cannot be copied, so it cannot be shared; asking out of turn (a reply that nothing waits for)
/// is a programmer error and traps.
package struct LuaState: ~Copyable {
    let handle: OpaquePointer
    private let names: PrimitiveNames
    private let resolve: @Sendable (String) throws(Failure) -> LuaModule?
    private var phase = Phase.idle
    /// The strand that is driven, and what the others wait for.
    private var strand = 0
    private var resting: [Int: Phase] = [:]

    var isCalling: Bool { phase == .calling }

    /// What the state waits for.
    private enum Phase { case idle, ready, calling, dead }

    /// Makes the state, runs the prelude, seals the globals.
    ///
    /// Raises what the prelude raised, or `lua.memory_exhausted` when the limit is too small for
    /// it.
    package init(_ configuration: LuaConfiguration) throws(Failure) {
        var settings = clua_settings(configuration)
        guard let handle = clua_open(&settings) else {
            throw Failure(
                .luaMemory, "\(configuration.limits.memory) is too little for a state of Lua")
        }
        // A throwing initializer cannot rely on deinit: the handle is freed by hand.
        do throws(Failure) {
            try Self.furnish(handle, configuration)
        } catch {
            clua_close(handle)
            throw error
        }
        self.names = configuration.primitives
        self.resolve = configuration.resolve
        self.handle = handle
    }

    deinit { clua_close(handle) }

    private static func furnish(
        _ handle: OpaquePointer, _ configuration: LuaConfiguration
    ) throws(Failure) {
        for chunk in configuration.prelude {
            try check(handle, chunk.withTexts { clua_run_prelude(handle, $0, $1) })
        }
        try check(handle, clua_seal(handle))
    }

    private static func check(_ handle: OpaquePointer, _ done: Bool) throws(Failure) {
        if !done { throw Failure(reportedBy: handle) }
    }

    /// Prepares to run `chunk`, whose result becomes the card of this state.
    ///
    /// Raises `lua.syntax` with file and line.
    package mutating func load(_ chunk: LuaModule) throws(Failure) {
        precondition(phase == .idle, "a state is loaded when nothing else is under way")
        try chunk.checkSize()
        let done = chunk.withTexts { clua_load(handle, $0, $1, chunk.isTrusted) }
        try Self.check(handle, done)
        phase = .ready
    }

    /// Prepares to call the function at `path` of the card with `arguments`, each one JSON.
    ///
    /// Raises `lua.error` when there is no function at `path`.
    package mutating func call(path: [LuaKey], arguments: [String]) throws(Failure) {
        precondition(phase == .idle, "a function is called when nothing else is under way")
        let keys = Value.list(path.map(\.value)).canonicalJSON
        let list = "[" + arguments.joined(separator: ",") + "]"
        let done = withText(keys) { keys in
            withText(list) { list in clua_call(handle, keys, list) }
        }
        try Self.check(handle, done)
        phase = .ready
    }

    /// Runs until something happens; at most one slice of instructions.
    package mutating func next() -> LuaEvent {
        precondition(phase == .ready, "there is nothing to run, or a call waits for its answer")
        var event = clua_drive(handle)
        while event == CLUA_MODULE {
            provideModule()
            event = clua_drive(handle)
        }
        return take(event)
    }

    /// ``next()`` until something else than a slice happens, giving way after each slice.
    package mutating func advance() async -> LuaEvent {
        while true {
            let event = next()
            guard event == .slice else { return event }
            await Task.yield()
        }
    }

    /// ``advance()`` to the end, each call answered by `answer` at the time it took. Returns the
    /// result; raises why there is none.
    package mutating func finish(
        at now: () -> Timestamp, answering answer: (LuaCall) async throws -> Value
    ) async throws -> Value {
        while true {
            switch await advance() {
            case .slice: continue
            case .finished(let json): return try Value(json: json)
            case .failed(let failure), .killed(let failure): throw failure
            case .call(let call):
                do {
                    let value = try await answer(call)
                    reply(json: value.canonicalJSON, at: now())
                } catch let failure as Failure {
                    raise(failure, at: now())
                }
            }
        }
    }

    private mutating func take(_ event: clua_event) -> LuaEvent {
        switch event {
        case CLUA_CALL:
            phase = .calling
            return .call(LuaCall(pendingIn: handle))
        case CLUA_SLICE:
            return .slice
        case CLUA_FINISHED:
            phase = .idle
            return .finished(String(clua_output(handle)))
        case CLUA_FAILED:
            phase = .idle
            return .failed(Failure(reportedBy: handle))
        default:
            phase = .dead
            return .killed(Failure(reportedBy: handle))
        }
    }

    private func provideModule() {
        let name = String(clua_subject(handle))
        do throws(Failure) {
            guard let module = try resolve(name) else {
                throw Failure(.luaModule, "there is no module '\(name)'; check the spelling")
            }
            try module.checkSize()
            module.withTexts { clua_provide(handle, $0, $1, module.isTrusted) }
        } catch {
            withText(error.value.canonicalJSON) { clua_raise(handle, $0) }
        }
    }

    /// Answers the pending call with a value and sets the clock of the state.
    package mutating func reply(json: String, at time: Timestamp) {
        answer(at: time)
        withText(json) { clua_reply(handle, $0) }
    }

    /// Answers the pending call with a failure: raised at the author's line, or `nil, failure` when
    /// called as `try_`.
    package mutating func raise(_ failure: Failure, at time: Timestamp) {
        answer(at: time)
        withText(failure.value.canonicalJSON) { clua_raise(handle, $0) }
    }

    /// Answers the pending call with a failure that is raised in a `try_` as well.
    package mutating func interrupt(_ failure: Failure, at time: Timestamp) {
        answer(at: time)
        withText(failure.value.canonicalJSON) { clua_interrupt(handle, $0) }
    }

    private mutating func answer(at time: Timestamp) {
        precondition(phase == .calling, "no call waits for an answer")
        phase = .ready
        clua_set_clock(handle, time.microseconds)
    }

    /// Raises `failure` where the state stands, even in a `try_`, and leaves the grace for cleaning
    /// up; when that is used up, or at the second cancel, the state is killed with `failure`.
    package mutating func cancel(_ failure: Failure) {
        if phase == .calling { phase = .ready }
        withText(failure.value.canonicalJSON) { clua_cancel(handle, $0) }
    }

    /// Makes a strand of each function that `border.prepare` was given by the call that waits; each
    /// is driven once ``turn(to:)`` has turned to it, and ends with `finished`.
    package mutating func fork() throws(Failure) -> Range<Int> {
        precondition(phase == .calling, "no call waits for its branches")
        var count: Int32 = 0
        let first = Int(clua_fork(handle, &count))
        if first == 0 { throw Failure(reportedBy: handle) }
        return first..<first + Int(count)
    }

    /// Turns to a strand: what is driven and answered from now on. The first one is 0.
    package mutating func turn(to other: Int) {
        if other == strand { return }
        resting[strand] = phase == .idle ? nil : phase
        phase = resting.removeValue(forKey: other) ?? .ready
        strand = other
        clua_turn(handle, Int32(other))
    }

    /// What Lua holds now.
    package var memoryInUse: ByteCount { ByteCount(Int64(clua_memory_used(handle))) }

    /// Instructions billed since the state was made.
    package var instructionsUsed: Int { Int(clua_instructions_used(handle)) }

    /// Raises `lua.syntax`, with file and line, when `text` is not Lua.
    package static func checkSyntax(_ text: String, name: String) throws(Failure) {
        var state = try LuaState(LuaConfiguration())
        try state.load(LuaModule(name: name, text: text))
    }
}
