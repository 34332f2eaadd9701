// Slices run on threads of their own; many states at once, none in the way of another.
import LuaRuntime
import Model
import Testing

@Suite struct ExecutorTests {
    @Test(.timeLimit(.minutes(10)))
    func `a thousand runs and a few run away on two threads`() async throws {
        let executor = LuaExecutor(threads: 2)
        let texts = await withTaskGroup(of: String.self) { group in
            for number in 0..<1000 {
                group.addTask(executorPreference: executor) { await Self.run(number) }
            }
            return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(texts == ["55": 990, "lua.instructions_exhausted": 10])
    }

    private static func run(_ number: Int) async -> String {
        var stage = Stage()
        stage.limits.burst = 300_000
        do {
            var state = try stage.makeState()
            let text =
                number % 100 == 7
                ? "while true do end"
                : "local sum = 0 for i = 1, 10 do sum = sum + echo.say(i) end return sum"
            try state.load(LuaModule(name: "a.lua", text: text))
            while true {
                switch await state.advance() {
                case .call(let call):
                    state.reply(json: try Stage.echo(call).canonicalJSON, at: Stage.noon)
                case .finished(let json): return json
                case .failed(let failure), .killed(let failure): return failure.code.name
                case .slice: return "slice"
                }
            }
        } catch {
            return "\(error)"
        }
    }
}
