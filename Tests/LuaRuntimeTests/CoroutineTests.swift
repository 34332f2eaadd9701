// coroutine.* as the manual has it, with primitives passing through.
import LuaRuntime
import Model
import Testing

@Suite struct CoroutineTests {
    @Test(arguments: [
        (
            "local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) return { co(1), co(5) }",
            "[2,10]"
        ),
        (
            "local co = coroutine.create(function() return 1, 2 end) return { coroutine.resume(co) }",
            "[true,1,2]"
        ),
        (
            "local co = coroutine.create(function() end) coroutine.resume(co) return { coroutine.resume(co) }",
            #"[false,"cannot resume dead coroutine"]"#
        ),
        (
            "local co co = coroutine.create(function() return coroutine.resume(co) end) return { coroutine.resume(co) }",
            #"[true,false,"cannot resume non-suspended coroutine"]"#
        ),
        (
            "local a a = coroutine.create(function() local b = coroutine.wrap(function() return coroutine.status(a) end) return b() end) return { coroutine.resume(a) }",
            #"[true,"normal"]"#
        ),
        (
            "local co = coroutine.create(function() coroutine.yield() end) local s = { coroutine.status(co) } coroutine.resume(co) s[2] = coroutine.status(co) coroutine.resume(co) s[3] = coroutine.status(co) return s",
            #"["suspended","suspended","dead"]"#
        ),
        (
            "return { coroutine.isyieldable(), coroutine.wrap(function() return coroutine.isyieldable() end)(), select(2, coroutine.running()) }",
            "[false,true,true]"
        ),
        (
            "return { pcall(coroutine.yield, 1) }",
            #"[false,"attempt to yield from outside a coroutine"]"#
        ),
        (
            "local co = coroutine.create(function() error({ 7 }) end) local _, e = coroutine.resume(co) return { e[1], coroutine.status(co), select(2, coroutine.close(co))[1] }",
            #"[7,"dead",7]"#
        ),
        (
            "local log = {} local co = coroutine.create(function() local c <close> = setmetatable({}, { __close = function() log[1] = 'closed' end }) coroutine.yield() end) coroutine.resume(co) return { coroutine.close(co), coroutine.status(co), log[1] }",
            #"[true,"dead","closed"]"#
        ),
        (
            "local sum = 0 for n in coroutine.wrap(function() for i = 1, 4 do echo.say(i) coroutine.yield(i) end end) do sum = sum + echo.say(n) end return sum",
            "10"
        ),
    ])
    func `behaves as the manual says`(text: String, result: String) throws {
        #expect(try Stage().play(text).text == result)
    }

    @Test func `a primitive that fails deep inside is caught outside`() throws {
        let text = """
            local function nest(depth)
              if depth == 0 then return echo.fail() end
              return coroutine.wrap(function() return nest(depth - 1) end)()
            end
            local ok, failure = pcall(nest, 150)
            return { ok, failure.code, failure.where }
            """
        #expect(try Stage().play(text).text == #"[false,"scope.refused","web.lua:2"]"#)
    }
}
