// require: one text once, from where the host says, and nowhere else.
import LuaRuntime
import Model
import Testing

@Suite struct ModuleTests {
    private var stage: Stage {
        var stage = Stage()
        let texts = [
            (
                "wait",
                "return { port = function(vm) if not vm then error('no vm') end return echo.say(vm) end }",
                true
            ),
            (
                "shop",
                "local wait = require 'wait'\nreturn { open = function() return wait.port('web') end }",
                false
            ),
            ("once", "echo.say('loaded') return {}", false), ("none", "", false),
            ("a", "return require 'b'", false), ("b", "return require 'a'", false),
            ("broken", "return = 1", false), ("fails", "error('at load')", false),
        ]
        for (name, text, isTrusted) in texts {
            let path = isTrusted ? name : "runbooks/\(name).lua"
            stage.modules[name] = LuaModule(name: path, text: text, isTrusted: isTrusted)
        }
        return stage
    }

    @Test(arguments: [
        ("return require('shop').open()", #""web""#),
        ("return { require 'once' == require 'once', require 'none' }", "[true,true]"),
    ])
    func `modules load once and may call`(text: String, result: String) throws {
        let seen = try stage.play(text)
        #expect(seen.text == result)
        #expect(seen.calls.count == 1 || text.contains("shop") == false)
    }

    @Test(arguments: [
        ("require 'nothing'", "lua.module_missing", "web.lua:1"),
        ("return require '../../etc/passwd'", "lua.module_missing", "web.lua:1"),
        ("require 'a'", "lua.module_missing", "runbooks/b.lua:1"),
        ("require 'broken'", "lua.syntax", "runbooks/broken.lua:1"),
        ("require 'fails'", "lua.error", "runbooks/fails.lua:1"),
        ("require 'wait'.port()", "lua.error", "web.lua:1"),
        ("require(nil)", "lua.error", "web.lua:1"),
    ])
    func `what does not load is told at the right line`(
        text: String, code: String, place: String
    ) throws {
        let seen = try stage.play(text)
        #expect(seen.failure?.code.name == code, "\(seen.text)")
        #expect(seen.failure?.position?.description == place)
    }
}
