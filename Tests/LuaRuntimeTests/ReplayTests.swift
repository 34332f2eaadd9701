// A waiting run leaves memory: another state, fed with what was answered, comes to the same place.
// And two states that are fed the same say the same, byte for byte.
import LuaRuntime
import Model
import Testing

@Suite struct ReplayTests {
    static let text = """
        local names, co = {}, coroutine.wrap(function()
          for round = 1, 20 do coroutine.yield(math.random(1000) + round) end
        end)
        for number in co do
          local vms = fabric.select { number = number, at = os.time(), seen = #names }
          for key, value in pairs(vms) do names[#names + 1] = tostring(key) .. "=" .. tostring(value) end
          local ok, failure = pcall(fabric.start, names[#names], { tostring({}), tostring(co) })
          names[#names + 1] = ok and "up" or failure.code
        end
        return names
        """

    private static func answer(_ call: LuaCall, _ number: Int) throws -> Value {
        if call.primitive == "fabric.start", number % 3 == 0 { throw Failure(.refused, "down") }
        return .object(["b\(number % 7)": 1, "a": .integer(Int64(number)), "zz": true, "é": 2])
    }

    private func answer(_ call: LuaCall, _ number: Int, _ state: inout LuaState) {
        let time = Timestamp(microseconds: Stage.noon.microseconds + Int64(number) * 1_000_000)
        do {
            state.reply(json: try Self.answer(call, number).canonicalJSON, at: time)
        } catch {
            state.raise(Failure(error, as: .internalFault), at: time)
        }
    }

    /// Plays to the end; after every `stay` calls the state is dropped and replayed.
    private func transcript(seed: UInt64, evictingEvery stay: Int) throws -> [String] {
        var stage = Stage()
        stage.seed = seed
        var calls: [LuaCall] = []
        while true {
            var state = try stage.makeState()
            try state.load(LuaModule(name: "a.lua", text: Self.text))
            for number in 0... {
                var event = state.next()
                while event == .slice { event = state.next() }
                guard case .call(let call) = event else {
                    return calls.map { "\($0)" } + ["\(event)"]
                }
                if number < calls.count {
                    try #require(calls[number] == call, "seed \(seed), call \(number)")
                } else {
                    calls.append(call)
                    if calls.count % stay == 0 { break }
                }
                answer(call, number, &state)
            }
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `evicted and replayed, a run ends as if it had stayed`(seed: UInt64) throws {
        let whole = try transcript(seed: seed, evictingEvery: .max)
        #expect(whole.count == 41)
        #expect(try transcript(seed: seed, evictingEvery: .max) == whole)
        #expect(try transcript(seed: seed, evictingEvery: 7) == whole)
        #expect(try transcript(seed: seed, evictingEvery: 1) == whole)
    }

    @Test func `another seed is another run`() throws {
        let one = try transcript(seed: 1, evictingEvery: .max)
        #expect(try transcript(seed: 2, evictingEvery: .max) != one)
    }

    @Test func `pairs and next go through numbers, texts and truth in order`() throws {
        let text = """
            local t = { 3, 2, 1, z = 1, a = 2, [2.5] = 3, [true] = 1, [-1] = 0, [10] = 1, ["é"] = 1 }
            local by_pairs, by_next = {}, {}
            for key in pairs(t) do by_pairs[#by_pairs + 1] = tostring(key) end
            local key = next(t)
            while key ~= nil do
              by_next[#by_next + 1] = tostring(key)
              t[key] = nil
              key = next(t, key)
            end
            return { table.concat(by_pairs, " "), table.concat(by_next, " ") }
            """
        let expected: Value = ["1 2 3 -1 2.5 10 a z é true", "-1 1 2 2.5 3 10 a z é true"]
        #expect(try Stage().play(text).text == expected.canonicalJSON)
    }
}
