// A cancellation is an error one can catch, then a time to clean up, then the end.
import LuaRuntime
import Model
import Testing

@Suite struct CancellationTests {
    static let cancelled = Failure(Failure.Code(named: "cancelled"), "ann has cancelled the run")

    private func started(_ text: String) throws -> LuaState {
        var stage = Stage()
        stage.limits.cancellationGrace = 20_000
        var state = try stage.makeState()
        try state.load(LuaModule(name: "a.lua", text: text))
        return state
    }

    @Test func `it is raised at the pending call, even in a try, and cleaning up goes on`() throws {
        let text = """
            local ok, failure = pcall(function() echo.try_say("waiting") end)
            echo.say("cleaning")
            return failure.code
            """
        var state = try started(text)
        _ = state.next()
        state.cancel(Self.cancelled)
        guard case .call(let call) = state.next() else { Issue.record("no cleaning"); return }
        #expect(call.arguments == #"["cleaning"]"#)
        state.reply(json: "null", at: Stage.noon)
        #expect(state.next() == .finished(#""cancelled""#))
    }

    @Test func `nobody catches it: the run fails with it`() throws {
        var state = try started("\necho.say(1)")
        _ = state.next()
        state.cancel(Self.cancelled)
        guard case .failed(let failure) = state.next() else { Issue.record("no failure"); return }
        #expect(failure.code.name == "cancelled")
        #expect(failure.position == SourcePosition(file: "a.lua", line: 2))
    }

    @Test(arguments: [
        "while true do pcall(echo.say, 1) end", "pcall(echo.say, 1) while true do end",
    ])
    func `when the grace is used up the run is killed with it`(text: String) throws {
        var state = try started(text)
        _ = state.next()
        state.cancel(Self.cancelled)
        var event = state.next()
        for _ in 0..<1000 {
            if case .call = event { state.reply(json: "1", at: Stage.noon) }
            if case .killed = event { break }
            event = state.next()
        }
        guard case .killed(let failure) = event else { Issue.record("\(event)"); return }
        #expect(failure.code.name == "cancelled")
        #expect(state.instructionsUsed < 40_000)
    }

    @Test func `a loop is cancelled between its slices`() throws {
        var state = try started(
            "local ok, e = pcall(function() while true do end end) return e.where")
        #expect(state.next() == .slice)
        state.cancel(Self.cancelled)
        #expect(state.next() == .finished(#""a.lua:1""#))
    }

    @Test func `the second cancellation kills at once`() throws {
        var state = try started("while true do pcall(echo.say, 1) end")
        _ = state.next()
        state.cancel(Self.cancelled)
        _ = state.next()
        state.cancel(Self.cancelled)
        guard case .killed = state.next() else { Issue.record("it lives"); return }
    }
}
