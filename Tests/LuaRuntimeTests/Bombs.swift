// The scripts that hang or burst a stock interpreter, with a hook or without.
import LuaRuntime
import Model
import Testing

struct Bomb: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var codes: [Failure.Code] = [.luaInstructions]
    var isFatal = true
    var testDescription: String { name }

    static let all: [Bomb] = [
        Bomb(name: "an endless loop", text: "while true do end"),
        Bomb(
            name: "a loop inside pcall",
            text: "while true do pcall(function() while true do end end) end"),
        Bomb(
            name: "a loop that catches and goes on",
            text: "local function f() while true do pcall(f) end end f()",
            codes: [.luaInstructions, .luaMemory, .luaStack]),
        Bomb(
            name: "a loop in a coroutine",
            text: "coroutine.wrap(function() while true do end end)()"),
        Bomb(
            name: "coroutines without end",
            text: "while true do coroutine.wrap(function() end)() end"),
        Bomb(
            name: "a loop in a caught coroutine",
            text: "while true do pcall(coroutine.wrap(function() while true do end end)) end"),
        Bomb(
            name: "a loop in a message handler",
            text: "xpcall(error, function() while true do end end) while true do end"),
        Bomb(
            name: "a loop in a handler that fails",
            text: "while true do xpcall(error, function() error('again') end) end"),
        Bomb(
            name: "a loop in tostring of an error",
            text: "error(setmetatable({}, { __tostring = function() while true do end end }))"),
        Bomb(
            name: "a loop while closing",
            text:
                "local c <close> = setmetatable({}, { __close = function() while true do end end })"
        ),
        Bomb(
            name: "a loop while closing after an error",
            text: """
                local c <close> = setmetatable({}, { __close = function() while true do end end })
                error("first")
                """),
        Bomb(
            name: "a loop while closing a coroutine",
            text: """
                local co = coroutine.create(function()
                  local c <close> = setmetatable({}, { __close = function() while true do end end })
                  coroutine.yield()
                end)
                coroutine.resume(co)
                while true do pcall(coroutine.close, co) end
                """),
        Bomb(
            name: "a loop in a metamethod of format",
            text:
                "string.format('%s', setmetatable({}, { __tostring = function() while true do end end }))"
        ),
        Bomb(
            name: "a loop in a metamethod of concat",
            text: "table.concat(setmetatable({}, { __len = function() while true do end end }))"),
        Bomb(
            name: "a loop in a comparison",
            text: "table.sort({ 3, 2, 1 }, function() while true do end end)"),
        Bomb(
            name: "a sort by lies",
            text:
                "local t = {} for i = 1, 9 do t[i] = i end while true do table.sort(t, function() return true end) end"
        ),
        Bomb(
            name: "a gsub that never ends",
            text: "('x'):gsub('x', function() while true do end end)"),
        Bomb(name: "a goto", text: "::again:: goto again"),
        Bomb(
            name: "a pattern of nested repeats", text: "('a'):rep(30000):find('.-.-.-.-b')",
            codes: [.luaPattern], isFatal: false),
        Bomb(
            name: "a pattern of nested stars", text: "('a'):rep(50):match(('a*'):rep(40) .. 'b')",
            codes: [.luaPattern], isFatal: false),
        Bomb(
            name: "a pattern bomb inside pcall",
            text: "while true do pcall(string.find, ('a'):rep(30000), '.-.-.-.-b') end"),
        Bomb(
            name: "a gmatch bomb", text: "for _ in ('a'):rep(30000):gmatch('.-.-.-.-b') do end",
            codes: [.luaPattern], isFatal: false),
        Bomb(
            name: "a gsub bomb", text: "('a'):rep(30000):gsub('.-.-.-.-b', '')",
            codes: [.luaPattern], isFatal: false),
        Bomb(
            name: "a balance bomb", text: "('('):rep(300000):find('%b()')",
            codes: [.luaPattern, .luaInstructions]),
        Bomb(
            name: "a long rep", text: "return ('x'):rep(1 << 40)", codes: [.luaError],
            isFatal: false),
        Bomb(
            name: "a rep of reps", text: "local s = 'x' while true do s = s:rep(2) end",
            codes: [.luaMemory]),
        Bomb(
            name: "a rep of long separators", text: "('x'):rep(1 << 30, ('y'):rep(1 << 20))",
            codes: [.luaError], isFatal: false),
        Bomb(name: "a move over everything", text: "table.move({}, 1, math.maxinteger - 1, 2)"),
        Bomb(name: "a move from far below", text: "table.move({}, -(1 << 61), -2, 2)"),
        Bomb(
            name: "an insert by a lying length",
            text:
                "table.insert(setmetatable({}, { __len = function() return math.maxinteger - 1 end }), 1, 2)"
        ),
        Bomb(
            name: "a remove by a lying length",
            text: "table.remove(setmetatable({}, { __len = function() return 1 << 40 end }), 1)"),
        Bomb(
            name: "a concat by a lying length",
            text:
                "table.concat(setmetatable({}, { __len = function() return 1 << 40 end, __index = function() return '' end }))"
        ),
        Bomb(
            name: "an unpack of everything", text: "table.unpack({}, 1, 1 << 40)",
            codes: [.luaError], isFatal: false),
        Bomb(
            name: "an unpack of a little less",
            text: "while true do table.unpack({}, 1, 190000) end"),
        Bomb(
            name: "many large plain finds",
            text:
                "local s, w = ('a'):rep(1000000), ('a'):rep(5000) .. 'b' while true do s:find(w, 1, true) end"
        ),
        Bomb(
            name: "many conversions",
            text: "local s = ('1'):rep(1000000) while true do tonumber(s, 10) end"),
        Bomb(
            name: "many lengths of UTF-8",
            text: "local s = ('x'):rep(1000000) while true do utf8.len(s) end"),
        Bomb(
            name: "many large copies",
            text: "local s = ('x'):rep(1000000) while true do local t = s .. 'y' end"),
        Bomb(
            name: "many walks",
            text: "local t = {} for i = 1, 1000 do t['k' .. i] = i end while true do next(t) end"),
        Bomb(
            name: "a table that grows", text: "local t = {} while true do t[#t + 1] = {} end",
            codes: [.luaMemory]),
        Bomb(
            name: "a string that grows", text: "local s = 'x' while true do s = s .. s end",
            codes: [.luaMemory]),
        Bomb(
            name: "a caught hog",
            text: """
                while true do
                  pcall(function() local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end end)
                end
                """, codes: [.luaMemory]),
        Bomb(
            name: "a hog whose closing hides it",
            text: """
                local function hog()
                  local c <close> = setmetatable({}, { __close = function() error("hidden") end })
                  local t = {}
                  while true do t[#t + 1] = ("x"):rep(1000) .. #t end
                end
                while true do pcall(hog) end
                """, codes: [.luaMemory]),
        Bomb(
            name: "a hog in a coroutine",
            text:
                "local t = {} while true do pcall(coroutine.wrap(function() while true do t[#t + 1] = {} end end)) end",
            codes: [.luaMemory]),
        Bomb(
            name: "a hog of coroutines",
            text: "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
            codes: [.luaMemory]),
        Bomb(
            name: "a hog of closures",
            text: "local t = {} while true do t[#t + 1] = function() return t end end",
            codes: [.luaMemory]),
        Bomb(
            name: "a hog in a concat",
            text:
                "local t = {} for i = 1, 30 do t[i] = ('x'):rep(1000000) end return table.concat(t)",
            codes: [.luaMemory]),
        Bomb(
            name: "deep recursion", text: "local function f(n) return 1 + f(n + 1) end f(1)",
            codes: [.luaStack, .luaMemory], isFatal: false),
        Bomb(
            name: "deep recursion, caught for ever",
            text: "local function f() pcall(f) f() end f()",
            codes: [.luaStack, .luaError, .luaInstructions, .luaMemory], isFatal: false),
        Bomb(
            name: "deep recursion of coroutines",
            text: "local function f() return coroutine.wrap(f)() end f()",
            codes: [.luaMemory, .luaInstructions]),
        Bomb(
            name: "deep recursion of metamethods",
            text:
                "local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) return t[k + 1] end return t[1]",
            codes: [.luaError, .luaStack], isFatal: false),
        Bomb(
            name: "deep recursion of tostring",
            text:
                "local t = setmetatable({}, {}) getmetatable(t).__tostring = function(x) return tostring(x) end return tostring(t)",
            codes: [.luaError], isFatal: false),
        Bomb(
            name: "coroutines closing each other",
            text: """
                local function make(n)
                  return coroutine.create(function()
                    local c <close> = setmetatable({}, { __close = function()
                      local co = make(n + 1)
                      pcall(coroutine.resume, co)
                      coroutine.close(co)
                    end })
                    coroutine.yield()
                  end)
                end
                local co = make(1)
                coroutine.resume(co)
                return { coroutine.close(co) }
                """, codes: [], isFatal: false),
        Bomb(name: "primitives without end in a try", text: "while true do echo.try_fail() end"),
    ]
}
