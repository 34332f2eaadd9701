// A stage for states: plays a text to its end, answering calls as the test says, and keeps what was
// said. `echo.say` answers with its first argument; other primitives by `answer`.
import LuaRuntime
import Model

struct Stage {
    var primitives = ["echo.say", "echo.fail", "fabric.select", "fabric.start"]
    var prelude: [LuaModule] = []
    var modules: [String: LuaModule] = [:]
    var limits = LuaLimits()
    var seed: UInt64 = 1
    var answer: @Sendable (LuaCall) throws -> Value = { try Stage.echo($0) }

    static let noon = Timestamp(microseconds: 1_772_366_400_000_000)

    static func echo(_ call: LuaCall) throws -> Value {
        if call.primitive == "echo.fail" {
            throw Failure(.refused, "no such luck", context: ["vm": "sql01"])
        }
        return try Value(json: call.arguments).list?.first ?? .null
    }

    func makeState() throws -> LuaState {
        let modules = modules
        return try LuaState(
            LuaConfiguration(
                primitives: PrimitiveNames(primitives), prelude: prelude, limits: limits,
                seed: seed,
                start: Self.noon
            ) { name in modules[name] })
    }

    /// What a text said and how it ended.
    struct Performance {
        var calls: [LuaCall] = []
        var slices = 0
        var end = LuaEvent.slice
        var instructions = 0

        /// The result, or the failure printed.
        var text: String {
            switch end {
            case .finished(let json): json
            case .failed(let failure): "failed: \(failure)"
            case .killed(let failure): "killed: \(failure)"
            default: "unfinished"
            }
        }
        var failure: Failure? {
            switch end {
            case .failed(let failure), .killed(let failure): failure
            default: nil
            }
        }
        var isKilled: Bool { if case .killed = end { true } else { false } }
    }

    func play(_ text: String, name: String = "web.lua") throws -> Performance {
        var state = try makeState()
        try state.load(LuaModule(name: name, text: text))
        return drive(&state)
    }

    func drive(_ state: inout LuaState) -> Performance {
        var seen = Performance()
        while true {
            switch state.next() {
            case .call(let call):
                seen.calls.append(call)
                perform(call, on: &state)
            case .slice: seen.slices += 1
            case let end:
                seen.end = end
                seen.instructions = state.instructionsUsed
                return seen
            }
        }
    }

    private func perform(_ call: LuaCall, on state: inout LuaState) {
        do {
            state.reply(json: try answer(call).canonicalJSON, at: Self.noon)
        } catch {
            state.raise(Failure(error, as: .internalFault), at: Self.noon)
        }
    }
}
