// Every script that hangs or bursts a stock interpreter, hooks or not: stopped, with a clear
// failure, within the budget of instructions, and without harm to a neighbour.
import LuaRuntime
import Model
import Testing

@Suite struct BombTests {
    @Test(arguments: Bomb.all)
    func `is stopped with a clear failure and harms no neighbour`(bomb: Bomb) throws {
        var stage = Stage()
        stage.limits.burst = 8_000_000
        stage.limits.instructions = 16_000_000
        var neighbour = try stage.makeState()
        try neighbour.load(LuaModule(name: "n.lua", text: "local a = echo.say(1) return a + 1"))
        _ = neighbour.next()

        let seen = try stage.play(bomb.text)
        if let failure = seen.failure {
            #expect(bomb.codes.contains(failure.code), "\(seen.text)")
            #expect(failure.message.count > 10)
        } else {
            #expect(bomb.codes.isEmpty, "\(seen.text)")
        }
        #expect(seen.isKilled == bomb.isFatal || bomb.codes.count > 1, "\(seen.text)")
        #expect(seen.instructions <= 2 * stage.limits.instructions)

        neighbour.reply(json: "1", at: Stage.noon)
        #expect(neighbour.next() == .finished("2"))
    }

    @Test func `a run away costs its slices, and each slice gives way`() throws {
        var stage = Stage()
        stage.limits.burst = 1_000_000
        let seen = try stage.play("while true do end")
        #expect(seen.slices >= 90)
        #expect(seen.failure?.position == SourcePosition(file: "web.lua", line: 1))
    }

    @Test func `comparing huge strings is stopped by the time it takes`() throws {
        let text = """
            local a, b = ("x"):rep(3000000) .. "a", ("x"):rep(3000000) .. "b"
            while true do if a == b then error("equal") end end
            """
        let seen = try Stage().play(text)
        #expect(seen.isKilled)
        #expect([.luaTime, .luaInstructions].contains(seen.failure?.code))
    }

    @Test func `two hundred nested coroutines call primitives`() throws {
        let text = """
            local function nest(depth)
              if depth == 0 then return echo.say("deep") end
              return coroutine.wrap(function() return nest(depth - 1) end)()
            end
            return { nest(200), nest(2000) }
            """
        #expect(try Stage().play(text).text == #"["deep","deep"]"#)
    }

    @Test func `bytecode is refused`() throws {
        #expect(throws: Failure.self) { try Stage().play("\u{1B}Lua\u{54}") }
    }

    @Test(arguments: Self.bursts)
    func `a text that bursts the compiler is a syntax error`(burst: Bomb) throws {
        #expect { try Stage().play(burst.text) } throws: { error in
            let failure = error as? Failure
            return failure?.code == .luaSyntax && failure?.position?.file == "web.lua"
        }
    }

    private static func many(_ piece: String) -> String { String(repeating: piece, count: 100_000) }

    static let bursts = [
        Bomb(name: "open brackets", text: many("(")),
        Bomb(name: "open tables", text: "return " + many("{")),
        Bomb(name: "open blocks", text: many("do ")),
        Bomb(name: "many negations", text: "return " + many("not ") + "1"),
        Bomb(name: "many joins", text: "return " + many("'x'..") + "'x'"),
        Bomb(
            name: "many locals", text: (1...300).map { "local a\($0) = 1" }.joined(separator: "\n")),
        Bomb(name: "a large text", text: "return '" + String(repeating: "x", count: 2 << 20) + "'"),
    ]
}
