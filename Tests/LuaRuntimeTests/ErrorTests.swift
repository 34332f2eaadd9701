// Errors keep their code, blame the author's line, and tell the way there.
import LuaRuntime
import Model
import Testing

@Suite struct ErrorTests {
    @Test(arguments: [
        ("error('boom')", "boom"), ("error('boom', 0)", "boom"), ("error()", "nil"),
        ("local x\nreturn x.y", "attempt to index a nil value (local 'x')"),
        ("return 1 + {}", "attempt to perform arithmetic on a table value"),
        ("return #5", "attempt to get length of a number value"),
        ("string.rep()", "bad argument #1 to 'rep' (string expected, got no value)"),
        ("table.sort(1)", "bad argument #1 to 'sort' (table expected, got number)"),
        ("assert(false, 'so')", "so"), ("assert(nil)", "assertion failed!"),
        ("error(setmetatable({}, { __tostring = function() return 'shown' end }))", "shown"),
        ("return coroutine.wrap(function() error('inside') end)()", "inside"),
        ("return ('x'):gsub('x', function() error('in gsub') end)", "in gsub"),
        ("return table.sort({ 2, 1 }, function() error('in sort') end)", "in sort"),
    ])
    func `an error that nobody caught is lua.error at its line`(text: String, message: String)
        throws
    {
        let seen = try Stage().play(text)
        #expect(seen.failure?.code == .luaError)
        #expect(seen.failure?.message == message)
        #expect(seen.failure?.position?.file == "web.lua", "\(seen.text)")
        #expect(seen.failure?.traceback?.contains("web.lua:") == true)
    }

    @Test func `the traceback shows functions, lines and who resumed, without machinery`() throws {
        let text = """
            local function inner() error("boom") end
            local function outer()
              table.sort({ 2, 1 }, function() inner() end)
            end
            coroutine.wrap(function() outer() end)()
            """
        let expected = """
            web.lua:1: in upvalue 'inner'
            web.lua:3: in local 'before'
            web.lua:3: in upvalue 'outer'
            web.lua:5: in function defined at line 5
            resumed by
            web.lua:5: in main chunk
            """
        #expect(try Stage().play(text).failure?.traceback == expected)
    }

    @Test func `the code survives catching and raising again`() throws {
        let text = """
            local ok, failure = pcall(function() pcall(error) echo.fail() end)
            error(failure)
            """
        let failure = try #require(try Stage().play(text).failure)
        #expect(failure.code == .refused && failure.message == "no such luck")
        #expect(failure.position == SourcePosition(file: "web.lua", line: 1))
        #expect(failure.context == ["vm": "sql01"])
    }

    @Test func `an author's own code is kept`() throws {
        let text = "error { code = 'shop.closed', message = 'the shop is closed' }"
        let failure = try #require(try Stage().play(text).failure)
        #expect(failure.code.name == "shop.closed" && failure.message == "the shop is closed")
        #expect(failure.position == SourcePosition(file: "web.lua", line: 1))
    }

    @Test func `closing variables call primitives, after an error and after a return`() throws {
        let text = """
            local function closing(name)
              return setmetatable({}, { __close = function(_, failure)
                echo.say(name, failure and tostring(failure)) end })
            end
            do local a <close> = closing("a") end
            pcall(function() local b <close> = closing("b") error("first", 0) end)
            local co = coroutine.wrap(function() local c <close> = closing("c") error("inner", 0) end)
            pcall(co)
            local d <close> = closing("d")
            error("last", 0)
            """
        let seen = try Stage().play(text)
        #expect(
            seen.calls.map(\.arguments)
                == [#"["a"]"#, #"["b","first"]"#, #"["c","inner"]"#, #"["d","last"]"#])
        #expect(seen.failure?.message == "last")
    }

    @Test func `an error while closing replaces the first`() throws {
        let text = """
            local a <close> = setmetatable({}, { __close = function() error("second", 0) end })
            error("first", 0)
            """
        #expect(try Stage().play(text).failure?.message == "second")
    }

    @Test func `syntax errors name file and line`() throws {
        #expect {
            try LuaState.checkSyntax("local a = 1\nlocal b = = 2", name: "runbooks/x.lua")
        } throws: { error in
            let failure = error as? Failure
            return failure?.code == .luaSyntax
                && failure?.position == SourcePosition(file: "runbooks/x.lua", line: 2)
                && failure?.message == "unexpected symbol near '='"
        }
        try LuaState.checkSyntax("\u{FEFF}return 1", name: "x")
        try LuaState.checkSyntax("#!/usr/bin/env lua\nreturn 1", name: "x")
    }
}
