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
    /// Makes the state, runs the prelude, seals the globals.
    ///
    /// Raises what the prelude raised, or `lua.memory_exhausted` when the limit is too small for it.
    package init(_ configuration: LuaConfiguration) throws(Failure) { fatalError() }

    /// Prepares to run `chunk`, whose result becomes the card of this state.
    ///
    /// Raises `lua.syntax` with file and line.
    package mutating func load(_ chunk: LuaModule) throws(Failure) { fatalError() }

    /// Prepares to call the function at `path` of the card with `arguments`, each one JSON.
    ///
    /// Raises `lua.error` when there is no function at `path`.
    package mutating func call(path: [LuaKey], arguments: [String]) throws(Failure) { fatalError() }

    /// Runs until something happens; at most one slice of instructions.
    package mutating func next() -> LuaEvent { fatalError() }

    /// ``next()`` until something else than a slice happens, giving way after each slice.
    package mutating func advance() async -> LuaEvent { fatalError() }

    /// Answers the pending call with a value and sets the clock of the state.
    package mutating func reply(json: String, at time: Timestamp) { fatalError() }

    /// Answers the pending call with a failure: raised at the author's line, or `nil, failure` when
    /// called as `try_`.
    package mutating func raise(_ failure: Failure, at time: Timestamp) { fatalError() }

    /// Raises `failure` where the state stands, even in a `try_`, and leaves the grace for cleaning
    /// up; when that is used up, or at the second cancel, the state is killed with `failure`.
    package mutating func cancel(_ failure: Failure) { fatalError() }

    /// What Lua holds now.
    package var memoryInUse: ByteCount { fatalError() }

    /// Instructions billed since the state was made.
    package var instructionsUsed: Int { fatalError() }

    /// Raises `lua.syntax`, with file and line, when `text` is not Lua.
    package static func checkSyntax(_ text: String, name: String) throws(Failure) { fatalError() }
}
