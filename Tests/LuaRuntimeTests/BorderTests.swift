// The dialogue over the border: what is called, what is answered, where the author is blamed.
import LuaRuntime
import Model
import Testing

@Suite struct BorderTests {
    let stage = Stage()

    @Test func `a primitive is a call, an answer, and the way on`() throws {
        var state = try stage.makeState()
        let text = "\nlocal vms = fabric.select { tag = 'x', n = 1.0 }\nreturn { count = #vms }"
        try state.load(LuaModule(name: "a.lua", text: text))
        let call = LuaCall(
            primitive: "fabric.select", isTry: false, arguments: #"[{"n":1.0,"tag":"x"}]"#,
            position: SourcePosition(file: "a.lua", line: 2))
        #expect(state.next() == .call(call))
        state.reply(json: #"["a","b"]"#, at: Stage.noon)
        #expect(state.next() == .finished(#"{"count":2}"#))
    }

    @Test(arguments: [
        ("echo.say()", "[]"), ("echo.say(nil)", "[]"), ("echo.say(1, nil)", "[1]"),
        ("echo.say(nil, 1)", "[null,1]"), ("echo.say({}, { {} })", "[{},[{}]]"),
        ("echo.say(1, 1.0, -0.0, 1e300)", "[1,1.0,-0.0,1e+300]"),
        ("echo.say(math.mininteger, 2^53)", "[-9223372036854775808,9007199254740992.0]"),
        ("echo.say('é\\n\\0\\127\"\\\\')", #"["é\n\u0000\u007f\"\\"]"#),
        (
            "echo.say { b = 1, a = 2, ['é'] = 3, Z = 4, aa = 5 }",
            #"[{"Z":4,"a":2,"aa":5,"b":1,"é":3}]"#
        ),
    ])
    func `arguments are canonical JSON`(text: String, json: String) throws {
        #expect(try stage.play(text).calls.first?.arguments == json)
    }

    @Test(arguments: [
        ("echo.say(function() end)", "argument 1 is a function"),
        ("echo.say(1, { vm = { run = print_nothing } })", "not declared"),
        (
            "echo.say({ a = { 1, { b = coroutine.create(error) } } })",
            "argument 1.a[2].b is a thread"
        ),
        ("echo.say({ 1, nil, 3 })", "argument 1 is a list with a hole"),
        ("echo.say({ 1, x = 2 })", "argument 1 has both named fields and positions"),
        ("echo.say({ [true] = 2 })", "a key that is neither text nor a position"),
        ("echo.say({ [1.5] = 2 })", "a key that is neither text nor a position"),
        ("echo.say('\\xff')", "argument 1 is not UTF-8 text"),
        ("echo.say({ ['\\xC0\\x80'] = 1 })", "is not UTF-8 text"),
        ("local t = { {} } t[1].up = t echo.say(t)", "contains itself"),
        ("echo.say(0/0)", "not a finite number"), ("echo.say(-1/0)", "not a finite number"),
        ("echo.say(('x'):rep(1100000))", "too large"),
        ("local t = {} for i = 1, 300 do t[i] = ('x'):rep(4000) end echo.say(t)", "too large"),
        ("local t = {} for i = 1, 70 do t = { t } end echo.say(t)", "nested too deeply"),
    ])
    func `a wrong argument raises at the author's line and calls nothing`(
        text: String, message: String
    ) throws {
        let seen = try stage.play("\n" + text)
        #expect(seen.calls.isEmpty)
        #expect(seen.failure?.message.contains(message) == true, "\(seen.text)")
        #expect(seen.failure?.position == SourcePosition(file: "web.lua", line: 2))
    }

    @Test func `a namespace shows all its primitives, though each is made when it is read`()
        throws
    {
        let text = """
            local once, names = fabric.try_start == fabric.try_start, {}
            for name, value in pairs(fabric) do names[#names + 1] = name .. " " .. type(value) end
            local left = select(2, pcall(echo.say, echo))
            local unknown = select(2, pcall(function() return fabric.strat end))
            return { once, names, left.code, unknown.message }
            """
        let names =
            #"["select function","start function","try_select function","try_start function"]"#
        #expect(
            try stage.play(text).text
                == #"[true,\#(names),"lua.argument_invalid","'fabric.strat' does not exist; "#
                + #"did you mean 'start'?"]"#)
    }

    @Test func `arguments are read raw, whatever their metatables say`() throws {
        let text = """
            local t = setmetatable({ a = 1 }, {
              __index = function() error("asked") end, __pairs = function() error("walked") end,
              __len = function() error("measured") end,
            })
            return echo.say(t)
            """
        #expect(try stage.play(text).text == #"{"a":1}"#)
    }

    @Test func `try returns nil and the failure, and the plain form raises it`() throws {
        let text = """
            local value, failure = echo.try_fail("x")
            local caught = select(2, pcall(echo.fail))
            return { value == nil, failure.code, failure.message, failure.where, failure.primitive,
              failure.context.vm, tostring(caught), "so: " .. caught, caught .. "!" }
            """
        let expected: Value = [
            true, "scope.refused", "no such luck", "web.lua:1", "echo.fail", "sql01",
            "no such luck [scope.refused]", "so: no such luck [scope.refused]",
            "no such luck [scope.refused]!",
        ]
        #expect(try stage.play(text).text == expected.canonicalJSON)
    }

    @Test func `a null field is absent, a null answer is nil`() throws {
        var stage = stage
        stage.answer = { call in
            call.arguments == "[]"
                ? .null : ["a": .null, "list": [1, .float(2.5)], "text": "\u{1F600}\u{0}"]
        }
        let text = """
            local t = echo.say(1)
            return { echo.say() == nil, t.a == nil, t.list[2], #t.text, math.type(t.list[1]) }
            """
        #expect(try stage.play(text).text == #"[true,true,2.5,5,"integer"]"#)
    }

    @Test func `escapes of any JSON are read`() throws {
        var state = try stage.makeState()
        try state.load(LuaModule(name: "a.lua", text: "return echo.say()"))
        _ = state.next()
        state.reply(
            json:
                #" { "a" : "\u00e9\ud83d\ude00\/\b\f" , "n" : [ 1e2, -5, 12345678901234567890 ] } "#,
            at: Stage.noon)
        #expect(
            state.next()
                == .finished(#"{"a":"é😀/\u0008\u000c","n":[100.0,-5,1.2345678901234567e+19]}"#))
    }

    @Test func `an answer that is not JSON is a fault, not a crash`() throws {
        for json in [
            "", "{", "[1", "\"", "\"\\", "{\"a\"}", "nul", "1 2", "\"\\ud83d\"", "--1", "]",
        ] {
            var state = try stage.makeState()
            try state.load(LuaModule(name: "a.lua", text: "return echo.say()"))
            _ = state.next()
            state.reply(json: json, at: Stage.noon)
            guard case .failed(let failure) = state.next() else {
                Issue.record("'\(json)' was taken")
                continue
            }
            #expect(failure.code == .internalFault)
        }
    }

    @Test func `the clock is the time of the last answer`() throws {
        var state = try stage.makeState()
        let text = "local a = os.time() echo.say() return { a, os.time(), os.date('%H:%M:%S') }"
        try state.load(LuaModule(name: "a.lua", text: text))
        _ = state.next()
        state.reply(json: "1", at: Timestamp(microseconds: 1_772_366_461_999_999))
        #expect(state.next() == .finished(#"[1772366400,1772366461,"12:01:01"]"#))
    }

    @Test func `what a chunk returns must be able to leave`() throws {
        let seen = try stage.play("return { a = { 1, x = 2 } }")
        #expect(seen.failure?.code == .luaResult)
        #expect(seen.text.contains("a has both named fields and positions"))
    }

    @Test func `calls from metamethods that Lua itself runs may wait`() throws {
        let text = """
            local t = setmetatable({}, {
              __index = function(_, key) return echo.say(key) end,
              __add = function(_, number) return echo.say(number) + 1 end,
              __lt = function() return echo.say(true) end,
              __call = function(_, value) return echo.say(value) end,
              __tostring = function() return echo.say("text") end,
            })
            return { t.name, t + 1, t < t, t(5), tostring(t) }
            """
        let seen = try stage.play(text)
        #expect(seen.text == #"["name",2,true,5,"text"]"#)
        #expect(seen.calls.count == 5)
    }

    @Test func `a call where nothing can wait says so`() throws {
        let text = """
            local t = setmetatable({}, { __tostring = function() return echo.say("text") end })
            return string.format("%s", t)
            """
        #expect(try stage.play(text).text.contains("echo.say cannot be called inside a metamethod"))
    }
}
