// The border to Lua beside the plain C API, which has no sandbox, no budget, no text of the
// arguments and no journal; and pure Lua under the budget beside stock Lua.
import Foundation
import LuaRuntime
import Model
import Orchestration
import Peers

enum LuaBorder {
    static var comparisons: [Comparison] {
        [
            call, states("state with all primitives", prelude: []),
            states("state with prelude", prelude: ["prelude"]), parked,
            pure("pure Lua, numbers", numbers), pure("pure Lua, tables", tables),
            pure("pure Lua, strings", strings),
        ]
    }

    private static let names = Catalogue().luaNames

    private static func state(
        prelude: [String] = [], _ text: String, limits: LuaLimits = LuaLimits()
    ) throws(Failure) -> LuaState {
        let baked = Library.bakedModules
        let chunks = prelude.map { LuaModule(name: $0, text: baked[$0] ?? "", isTrusted: true) }
        var state = try LuaState(
            LuaConfiguration(primitives: names, prelude: chunks, limits: limits))
        try state.load(LuaModule(name: "bench.lua", text: text))
        return state
    }

    /// Two arguments to canonical JSON, a yield, a reply from JSON, a resume.
    private static var call: Comparison {
        let count = 100_000
        return Comparison(
            name: "primitive through the border", unit: .cost("µs"), wanted: .atMost(1),
            ours: {
                try await seconds {
                    var state = try state(
                        """
                        local set, options = fabric.set_guest_address, { nic = "nic0" }
                        for _ = 1, \(count) do set("web01", options) end
                        """)
                    while case .call = await state.advance() {
                        state.reply(json: "\"10.1.0.11\"", at: Timestamp(microseconds: 0))
                    }
                } / Double(count) * 1e6
            },
            peer: Comparison.Peer(name: "C: lua_yieldk, field read, string back") {
                await seconds { peer_lua_yield_values(Int32(count)) } / Double(count) * 1e6
            })
    }

    private static func states(_ name: String, prelude: [String]) -> Comparison {
        let count = 500
        return Comparison(
            name: name, unit: .cost("µs"), wanted: .atMost(prelude.isEmpty ? 60 : 160),
            ours: {
                try await seconds {
                    for _ in 0..<count { keep(try state(prelude: prelude, "").memoryInUse) }
                } / Double(count) * 1e6
            },
            peer: Comparison.Peer(name: "C: luaL_newstate, luaL_openlibs") {
                await seconds { peer_lua_make_states(Int32(count)) } / Double(count) * 1e6
            })
    }

    /// A state that waits in a primitive.
    private static var parked: Comparison {
        Comparison(
            name: "parked state", unit: .cost("kB"), wanted: .atMost(30), rounds: 3,
            ours: {
                var state = try state(prelude: ["prelude"], "fabric.start('web01')")
                guard case .call = await state.advance() else { return .nan }
                return Double(state.memoryInUse.bytes) / 1_000
            }, peer: nil)
    }

    private static func pure(_ name: String, _ text: String) -> Comparison {
        Comparison(
            name: name, unit: .cost("ms"), wanted: .ratio(0.4),
            ours: {
                var limits = LuaLimits()
                limits.burst = .max
                limits.instructions = .max
                return try await seconds {
                    var state = try state(text, limits: limits)
                    let end = await state.advance()
                    guard case .finished = end else {
                        throw CommandFailed(command: "\(end)", status: 1)
                    }
                } * 1_000
            },
            peer: Comparison.Peer(name: "stock Lua 5.4, no hook") {
                await seconds { peer_lua_run(text) } * 1_000
            })
    }

    private static let numbers = """
        local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
        fib(27)
        """

    private static let tables = """
        for round = 1, 20 do
          local list = {}
          for index = 1, 20000 do list[index] = { index = index, name = "n" } end
          local sum = 0
          for _, item in ipairs(list) do sum = sum + item.index end
        end
        """

    private static let strings = """
        local parts = {}
        for index = 1, 60000 do parts[#parts + 1] = string.format("%d:%s", index, "web"):upper() end
        local text = table.concat(parts, ",")
        local count = 0
        for word in text:gmatch("%d+") do count = count + #word end
        """
}
