// What is not there is not there, what is sealed stays sealed, and the message helps.
import LuaRuntime
import Model
import Testing

@Suite struct SandboxTests {
    @Test(arguments: [
        "io", "package", "debug", "load", "loadfile", "dofile", "collectgarbage", "warn", "print",
    ])
    func `what reaches outside is gone`(name: String) throws {
        let seen = try Stage().play("return \(name)")
        #expect(seen.failure?.code == .luaName)
        #expect(seen.failure?.message == "'\(name)' is not there for runbooks")
    }

    @Test(arguments: [
        "os.execute", "os.getenv", "os.clock", "os.exit", "os.remove", "string.dump",
        "math.randomseed",
    ])
    func `namespaces hold only what is the same on replay`(name: String) throws {
        #expect(try Stage().play("return \(name)").failure?.code == .luaName)
    }

    @Test(arguments: [
        ("return fabrik.select()", "'fabrik' is not declared; did you mean 'fabric'?"),
        ("return fabric.slect()", "'fabric.slect' does not exist; did you mean 'select'?"),
        (
            "return fabric.try_slect()",
            "'fabric.try_slect' does not exist; did you mean 'try_select'?"
        ),
        ("return string.uper('x')", "'string.uper' does not exist; did you mean 'upper'?"),
        ("return zzzzzz", "'zzzzzz' is not declared"),
        ("total = 1", "'total' is not declared: write 'local total = …'"),
        ("fabric = 1", "'fabric' is not declared: write 'local fabric = …'"),
        ("_G.total = 1", "'total' is not declared: write 'local total = …'"),
        ("fabric.select = 1", "'fabric.select' cannot be written: 'fabric' is sealed"),
        ("rawset(fabric, 'select', 1)", "a sealed table cannot be written"),
        ("setmetatable(fabric, {})", "cannot change a protected metatable"),
        ("setmetatable({}, { __gc = function() end })", "'__gc' is refused"),
        ("setmetatable({}, { __mode = 'k' })", "'__mode' is refused"),
        ("string.format('%p', {})", "'%p' is refused"),
        ("for _ in pairs({ [{}] = 1 }) do end", "cannot walk over a table with a table as key"),
    ])
    func `a misuse is an error with the nearest right spelling`(text: String, message: String)
        throws
    {
        let seen = try Stage().play("\n" + text)
        #expect(seen.failure?.message.hasPrefix(message) == true, "\(seen.text)")
        #expect(seen.failure?.position == SourcePosition(file: "web.lua", line: 2))
    }

    @Test func `metatables of strings and namespaces are hidden`() throws {
        let text =
            "return { getmetatable(''), getmetatable(fabric), getmetatable(_G), ('x').code == nil }"
        #expect(try Stage().play(text).text == "[false,false,false,true]")
    }

    @Test func `sealed tables are walked and measured like others`() throws {
        var stage = Stage()
        stage.prelude = [
            LuaModule(
                name: "prelude",
                text:
                    "local border = ... list = border.sealed({ 'a', 'b' }) card = border.sealed({ x = 1 }, 'card')",
                isTrusted: true)
        ]
        let text = """
            local seen = {}
            for index, value in ipairs(list) do seen[index] = value end
            for key in pairs(card) do seen[#seen + 1] = key end
            return { seen, #list, card, echo.say(list), pcall(function() return card.y end) }
            """
        let expected = #"[["a","b","x"],2,{"x":1},["a","b"],false,"#
        #expect(try stage.play(text).text.hasPrefix(expected))
    }
}
