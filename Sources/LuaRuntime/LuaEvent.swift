// What a state says when it stops to be driven, and how a place in a card is named.
import Model

/// A primitive was called: answer with ``LuaState/reply(json:at:)`` or ``LuaState/raise(_:at:)``.
package struct LuaCall: Sendable, Hashable {
    /// `fabric.select`, whether or not it was called as `fabric.try_select`.
    package var primitive: String
    /// Called as `try_`: a failure will come back as `nil, failure` instead of being raised.
    package var isTry: Bool
    /// Canonical JSON of the list of arguments; trailing nils are left out.
    package var arguments: String
    /// The author's line that called, or that called the library which called.
    package var position: SourcePosition?

    package init(
        primitive: String, isTry: Bool = false, arguments: String = "[]",
        position: SourcePosition? = nil
    ) {
        self.primitive = primitive
        self.isTry = isTry
        self.arguments = arguments
        self.position = position
    }
}

/// What ``LuaState/next()`` returns.
package enum LuaEvent: Sendable, Equatable {
    /// A primitive waits for its answer; the state may wait with it for as long as it likes.
    case call(LuaCall)
    /// The slice is used up: let others have the thread, then call `next()` again.
    case slice
    /// The chunk or function returned; canonical JSON of its first result. Of a chunk, functions
    /// inside are written `{"$function":LINE}` and stay callable by their path.
    case finished(String)
    /// Lua raised and nobody caught it; the state may still be asked to call.
    case failed(Failure)
    /// A bound was reached, or the grace after a cancellation is over; the state is of no more use.
    case killed(Failure)
}

/// One step of the way to a value inside a card.
package enum LuaKey: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case field(String)
    /// Counted from 1, as Lua does.
    case index(Int)

    package init(stringLiteral value: String) { self = .field(value) }
    package init(integerLiteral value: Int) { self = .index(value) }
}
