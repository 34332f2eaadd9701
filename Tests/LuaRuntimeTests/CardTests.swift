// Cards stay in their state; their functions are called by path, through the invoker when the
// prelude has one.
import LuaRuntime
import Model
import Testing

@Suite struct CardTests {
    static let prelude = LuaModule(
        name: "plan",
        text: """
            local border = ...
            function plan.step(fields)
              if type(fields[1]) ~= "string" then
                border.fail { code = "plan.card_invalid", message = "a step has a name" }
              end
              local file, line = border.position(2)
              return { name = fields[1], run = fields.run, where = file .. ":" .. line }
            end
            setmetatable(plan, { __call = function(_, card) card.kind = "plan" return card end })
            return { invoke = function(run, name, count)
              return run({ name = name, vm = function(vm) return echo.say(vm) end }, count)
            end }
            """, isTrusted: true)

    static let text = """
        return plan {
          summary = "web shop",
          groups = {
            { before = {
              plan.step { "first", run = function() return 1 end },
              plan.step { "second", run = function(context, count)
                return { context.name, context.vm "web01", count }
              end },
            } },
          },
        }
        """

    private func makeStage() -> Stage {
        var stage = Stage()
        stage.primitives.append("plan.check")
        stage.prelude = [Self.prelude]
        return stage
    }

    @Test func `functions are written with their line and called by their path`() throws {
        let stage = makeStage()
        var state = try stage.makeState()
        try state.load(LuaModule(name: "shop.lua", text: Self.text))
        let card = """
            {"groups":[{"before":[{"name":"first","run":{"$function":5},"where":"shop.lua:5"},\
            {"name":"second","run":{"$function":6},"where":"shop.lua:6"}]}],\
            "kind":"plan","summary":"web shop"}
            """
        #expect(stage.drive(&state).text == card)
        for count in 1...3 {
            try state.call(
                path: ["groups", 1, "before", 2, "run"], arguments: [#""ctx""#, "\(count)"])
            #expect(stage.drive(&state).text == #"["ctx","web01",\#(count)]"#)
        }
    }

    @Test func `a path that leads nowhere is an error`() throws {
        let stage = makeStage()
        var state = try stage.makeState()
        try state.load(LuaModule(name: "shop.lua", text: Self.text))
        _ = stage.drive(&state)
        for path: [LuaKey] in [[], ["groups"], ["groups", 9, "run"], ["summary", "x"]] {
            #expect(throws: Failure.self) { try state.call(path: path, arguments: []) }
        }
    }

    @Test func `a constructor blames the author's line`() throws {
        let failure = try #require(try makeStage().play("\nreturn plan.step {}").failure)
        #expect(failure.code.name == "plan.card_invalid")
        #expect(failure.position == SourcePosition(file: "web.lua", line: 2))
    }

    @Test func `a prelude that fails makes no state`() throws {
        var stage = Stage()
        stage.prelude = [LuaModule(name: "bad", text: "error('broken')", isTrusted: true)]
        #expect(throws: Failure.self) { try stage.play("return 1") }
    }

    @Test func `after a failure the card can still be called`() throws {
        let stage = Stage()
        var state = try stage.makeState()
        try state.load(
            LuaModule(
                name: "a.lua",
                text: "return { bad = function() error('x') end, good = function() return 1 end }"))
        _ = stage.drive(&state)
        try state.call(path: ["bad"], arguments: [])
        #expect(stage.drive(&state).failure?.message == "x")
        try state.call(path: ["good"], arguments: [])
        #expect(stage.drive(&state).text == "1")
    }
}
