// What a state is made from: the names it knows, the texts it trusts, the bounds it keeps to. Equal
// configurations and equal replies give equal transcripts; nothing else enters a state.
import Model

/// A text of Lua with the name its readers know it by.
package struct LuaModule: Sendable, Hashable {
    /// The author's path (`runbooks/web-shop.lua`) or the library's word (`wait`), without a mark.
    package var name: String
    package var text: String
    /// Library text: compiled once in the process and kept as bytecode, named `=wait`, and left
    /// out when a line is blamed. An author's text is named `@path` and always read as text.
    package var isTrusted: Bool

    package init(name: String, text: String, isTrusted: Bool = false) {
        self.name = name
        self.text = text
        self.isTrusted = isTrusted
    }
}

/// The bounds of one state.
package struct LuaLimits: Sendable, Hashable {
    /// Everything Lua holds, stacks and strings included. One string takes an eighth at most.
    package var memory = ByteCount(Limits.stateBytesMax)
    /// Kept aside so that a state that ran out can still say so.
    package var reserve = ByteCount(Limits.stateReserveBytes)
    /// Instructions of the whole life of the state; long C work is billed as instructions too.
    package var instructions = Limits.runInstructionsMax
    /// Instructions between two calls of primitives: what stops an endless loop within a second.
    package var burst = Limits.burstInstructionsMax
    /// Instructions between two `slice` events.
    package var slice = Limits.sliceInstructions
    /// Instructions left for cleaning up once the state was cancelled.
    package var cancellationGrace = Limits.cancellationGraceInstructions

    package init() {}
}

/// What a ``LuaState`` is made from.
package struct LuaConfiguration: Sendable {
    package var primitives: PrimitiveNames
    /// Trusted chunks of ours, run in this order before the globals are sealed; each gets `border`
    /// as its argument and may return a table with `invoke`. See the room's page.
    package var prelude: [LuaModule]
    /// Finds the text for `require`; nil when there is no such module. Called from
    /// ``LuaState/next()``.
    package var resolve: @Sendable (String) throws(Failure) -> LuaModule?
    package var limits: LuaLimits
    /// Seeds `math.random`.
    package var seed: UInt64
    /// What `os.time` says until the first reply.
    package var start: Timestamp

    package init(
        primitives: PrimitiveNames = [], prelude: [LuaModule] = [], limits: LuaLimits = LuaLimits(),
        seed: UInt64 = 0, start: Timestamp = Timestamp(microseconds: 0),
        resolve: @escaping @Sendable (String) throws(Failure) -> LuaModule? = { _ in nil }
    ) {
        self.primitives = primitives
        self.prelude = prelude
        self.resolve = resolve
        self.limits = limits
        self.seed = seed
        self.start = start
    }
}
