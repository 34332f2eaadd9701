// What an author's variables are shown as: short, the same in every process, secrets never.
import LuaRuntime
import Model
import Testing

@Suite struct VariablesTests {
    /// The frames at the first call of `stop.here`.
    private func frames(_ text: String) throws -> [LuaFrame] {
        var state = try LuaState(LuaConfiguration(primitives: ["stop.here"]))
        try state.load(LuaModule(name: "trial.lua", text: text))
        while true {
            switch state.next() {
            case .call: return try state.variables()
            case .slice: continue
            case let event: throw Failure(.internalFault, "\(event)")
            }
        }
    }

    private func shown(_ value: String) throws -> String? {
        try frames("local it = \(value)\nstop.here()").first?.variables
            .first { $0.name == "it" }?.text
    }

    private static let values: [(lua: String, text: String)] = [
        ("nil", "nil"), ("true", "true"), ("7", "7"), ("2.5", "2.5"), (#""a\nb""#, #""a\nb""#),
        (#"("x"):rep(100)"#, "\"" + String(repeating: "x", count: 60) + "\"…"),
        ("{}", "{}"),
        (
            "{ 1, 2, z = 3, a = { b = { c = { 4 } } } }",
            "{ 1, 2, a = { b = { c = { … } } }, z = 3 }"
        ),
        ("{ 1, 2, 3, 4, 5, 6, 7, 8, 9 }", "{ 1, 2, 3, 4, 5, 6, 7, 8, … }"),
        ("{ [2.5] = 1 }", "{ … }"), ("function() end", "function at trial.lua:1"),
        ("coroutine.create(function() end)", "coroutine"), ("tostring", "function"),
        (#"{ name = "x", password = "p" }"#, #"{ name = "x", password = (hidden) }"#),
        (#"{ ["$kind"] = "credential", name = "x" }"#, "(hidden)"),
    ]

    @Test(arguments: values)
    func `a value is one short text`(lua: String, text: String) throws {
        #expect(try shown(lua) == text)
    }

    @Test func `a table that holds itself, or a text that is no UTF-8, does no harm`() throws {
        let frames = try frames(#"local it = {} it.it = it local odd = "\xff" stop.here()"#)
        #expect(
            frames.first?.variables.map(\.text) == [
                "{ it = { it = { it = { … } } } }", "\"\u{FFFD}\"",
            ])
    }

    @Test func `frames stand innermost first, through coroutines, each with what it sees`() throws {
        let frames = try frames(
            """
            local outer = 1
            local function inner(given)
              local seen = outer
              stop.here()
              return seen
            end
            local made = coroutine.wrap(function(first) inner(first) end)
            made(5)
            """)
        #expect(frames.map(\.position.line) == [4, 7, 8])
        #expect(frames[0].function == "inner")
        #expect(
            frames[0].variables.map { "\($0.name) \($0.text) \($0.isUpvalue)" } == [
                "given 5 false", "seen 1 false", "outer 1 true",
            ])
        #expect(frames[1].variables.map(\.name) == ["first", "inner"])
    }

    @Test func `a name that is declared again shows what it is now`() throws {
        let frames = try frames("local a = 1 local a = 2 stop.here()")
        #expect(frames.first?.variables.map(\.text) == ["2"])
    }

    @Test func `the state goes on as if nobody had looked`() throws {
        var state = try LuaState(LuaConfiguration(primitives: ["stop.here"]))
        try state.load(
            LuaModule(name: "trial.lua", text: "local it = { 1 }\nreturn stop.here(it) + it[1]"))
        guard case .call(let call) = state.next() else { throw Failure(.internalFault, "no call") }
        #expect(call.arguments == "[[1]]")
        _ = try state.variables()
        _ = try state.variables()
        state.reply(json: "41", at: Timestamp(microseconds: 0))
        #expect(state.next() == .finished("42"))
    }
}
