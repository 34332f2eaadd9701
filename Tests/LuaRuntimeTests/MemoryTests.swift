// Whatever the cap, a state ends in a clear event: there is no size at which it crashes.
import LuaRuntime
import Model
import Testing

@Suite struct MemoryTests {
    static let text = """
        local log = {}
        local closing = setmetatable({}, { __close = function() log[#log + 1] = ("c"):rep(100) end })
        local function work(n)
          local c <close> = closing
          local t = {}
          for i = 1, n do t[i] = { name = "vm" .. i, list = { i, i + 1 } } end
          table.sort(t, function(a, b) return a.name < b.name end)
          local text = table.concat(log, ",") .. ("x"):rep(n * 10):gsub("x", "yy")
          for key, value in pairs({ a = 1, b = text, [3] = t }) do log[#log + 1] = tostring(key) end
          return echo.say({ first = t[1], size = #text })
        end
        local co = coroutine.wrap(function() for i = 1, 12 do coroutine.yield(work(i * 40).size) end end)
        local sum = 0
        for size in co do sum = sum + size end
        local ok, failure = pcall(echo.fail, ("z"):rep(3000))
        return { sum = sum, ok = ok, note = "failed: " .. failure }
        """

    @Test func `every cap ends in a clear event`() throws {
        var stage = Stage()
        var kinds: [String: Int] = [:]
        for kibibytes in stride(from: 48, to: 1200, by: 11) {
            stage.limits.memory = ByteCount(kibibytes << 10)
            stage.limits.reserve = ByteCount(16 << 10)
            do {
                let seen = try stage.play(Self.text)
                if let failure = seen.failure {
                    #expect(failure.code == .luaMemory, "\(kibibytes) KiB: \(failure)")
                    kinds["ended", default: 0] += 1
                } else {
                    kinds["finished", default: 0] += 1
                }
            } catch let failure as Failure {
                #expect(failure.code == .luaMemory, "\(kibibytes) KiB: \(failure)")
                kinds["refused", default: 0] += 1
            }
        }
        #expect(kinds.values.allSatisfy { $0 > 0 } && kinds.count == 3, "\(kinds)")
    }

    @Test func `a parked state is small, and what it held is given back`() throws {
        var state = try Stage().makeState()
        try state.load(LuaModule(name: "a.lua", text: "echo.say(1) return 1"))
        _ = state.next()
        #expect(state.memoryInUse < ByteCount(64 << 10))
    }
}
