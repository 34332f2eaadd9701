// Strands: chains beside each other in one state, driven in whatever order is asked for.
import LuaRuntime
import Model
import Testing

@Suite struct StrandTests {
    /// A prelude with which an author's text forks: `beside { f, g }`.
    private static let prelude = LuaModule(
        name: "beside",
        text: """
            local border = ...
            local fork = echo.say
            function beside(bodies)
              border.prepare(bodies)
              return fork("fork")
            end
            """, isTrusted: true)

    private func state(_ text: String) throws -> LuaState {
        var stage = Stage()
        stage.prelude = [Self.prelude]
        var state = try stage.makeState()
        try state.load(LuaModule(name: "web.lua", text: text))
        return state
    }

    private func call(_ state: inout LuaState) -> String {
        guard case .call(let call) = state.next() else { return "no call" }
        return call.arguments
    }

    @Test func `what waits in one keeps none of the others from running, and all share`() throws {
        var state = try state(
            """
            local order = {}
            local function branch(name)
              return function()
                for round = 1, 2 do
                  local said = name .. echo.say(name, #order)
                  order[#order + 1] = said
                end
                return name
              end
            end
            beside { branch "a", branch "b" }
            return order
            """)
        #expect(call(&state) == #"["fork"]"#)
        let strands = try state.fork()
        #expect(strands.count == 2)
        for strand in strands {
            state.turn(to: strand)
            _ = state.next()
        }
        for (strand, said) in [(1, 7), (0, 8), (1, 9), (0, 10)] {
            state.turn(to: strands.lowerBound + strand)
            state.reply(json: "\(said)", at: Stage.noon)
            _ = state.next()
        }
        state.turn(to: 0)
        state.reply(json: "null", at: Stage.noon)
        #expect(state.next() == .finished(#"["b7","a8","b9","a10"]"#))
    }

    @Test func `a coroutine that waits in one strand cannot be resumed in another`() throws {
        var state = try state(
            """
            local shared = coroutine.create(function() return echo.say "deep" end)
            local seen
            beside {
              function() return select(2, coroutine.resume(shared)) end,
              function() seen = { coroutine.status(shared), coroutine.resume(shared) } end,
            }
            return seen
            """)
        _ = state.next()
        let strands = try state.fork()
        state.turn(to: strands.lowerBound)
        #expect(call(&state) == #"["deep"]"#)
        state.turn(to: strands.lowerBound + 1)
        #expect(state.next() == .finished("null"))
        state.turn(to: strands.lowerBound)
        state.reply(json: "1", at: Stage.noon)
        #expect(state.next() == .finished("1"))
        state.turn(to: 0)
        state.reply(json: "null", at: Stage.noon)
        #expect(
            state.next() == .finished(#"["normal",false,"cannot resume non-suspended coroutine"]"#))
    }

    @Test func `an interrupt is raised in a try_ and closes what is open`() throws {
        var state = try state(
            """
            local closed = {}
            local function branch(name)
              return function()
                local guard <close> = setmetatable({}, { __close = function()
                  local said = name .. echo.say "closing"
                  closed[#closed + 1] = said
                end })
                local value, failure = echo.try_say(name)
                closed[#closed + 1] = failure and failure.code or value
              end
            end
            beside { function() pcall(branch "a") end, branch "b" }
            return closed
            """)
        _ = state.next()
        let strands = try state.fork()
        for strand in strands {
            state.turn(to: strand)
            _ = state.next()
        }
        state.turn(to: strands.lowerBound)
        state.interrupt(Failure(.runAborted, "enough"), at: Stage.noon)
        #expect(call(&state) == #"["closing"]"#)
        state.turn(to: strands.lowerBound + 1)
        state.reply(json: #""fine""#, at: Stage.noon)
        #expect(call(&state) == #"["closing"]"#)
        for strand in strands {
            state.turn(to: strand)
            state.reply(json: "1", at: Stage.noon)
            #expect(state.next() == .finished("null"))
        }
        state.turn(to: 0)
        state.reply(json: "null", at: Stage.noon)
        #expect(state.next() == .finished(#"["fine","a1","b1"]"#))
    }
}
