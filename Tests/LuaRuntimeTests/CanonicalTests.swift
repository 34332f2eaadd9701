// One canonical form, written twice: by Model in Swift and by CLua in C. Random values keep the two
// together, both ways.
import LuaRuntime
import Model
import Testing

/// Random values by seed, so that a failure can be told by its seed.
struct RandomValues {
    var state: UInt64

    mutating func next(below bound: UInt64) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % bound)
    }

    mutating func bits() -> UInt64 {
        (0..<4).reduce(UInt64(0)) { bits, _ in bits << 16 | UInt64(next(below: 1 << 16)) }
    }

    mutating func float() -> Double {
        switch next(below: 5) {
        case 0: return Double(bitPattern: UInt64(next(below: 2047)) << 52)
        case 1: return Double(next(below: 1 << 30)) / 64
        case 2: return Double(bitPattern: bits() & 0x000F_FFFF_FFFF_FFFF)
        case 3: return (Double(next(below: 2000)) - 1000) * 1e13
        default:
            let number = Double(bitPattern: bits())
            return number.isFinite ? number : 0
        }
    }

    mutating func text() -> String {
        let pieces = ["a", "é", "\u{0}", "\n", "\"", "\\", "😀", "\u{7F}", "\u{1F}", "z", " ", "漢"]
        return (0..<next(below: 6)).map { _ in pieces[next(below: UInt64(pieces.count))] }.joined()
    }

    /// No empty list and no null inside: Lua keeps neither apart from other things.
    mutating func value(depth: Int = 0) -> Value {
        switch next(below: depth > 4 ? 4 : 6) {
        case 0: return .boolean(next(below: 2) == 0)
        case 1: return .integer(Int64(bitPattern: bits()) >> next(below: 64))
        case 2: return .float(float())
        case 3: return .text(text())
        case 4: return .list((0...next(below: 4)).map { _ in value(depth: depth + 1) })
        default:
            let fields = (0..<next(below: 20)).map { _ in (text(), value(depth: depth + 1)) }
            return .object(Dictionary(fields, uniquingKeysWith: { $1 }))
        }
    }
}

@Suite struct CanonicalTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `what Model writes, Lua holds and writes again byte for byte`(seed: UInt64) throws {
        var random = RandomValues(state: seed)
        var state = try Stage().makeState()
        let text = "local value = 0 while true do value = echo.say(value) end"
        try state.load(LuaModule(name: "a.lua", text: text))
        _ = state.next()
        for round in 1...250 {
            let json = random.value().canonicalJSON
            state.reply(json: json, at: Stage.noon)
            var event = state.next()
            while event == .slice { event = state.next() }
            guard case .call(let call) = event else {
                Issue.record("seed \(seed), round \(round): \(event) for \(json)")
                return
            }
            try #require(call.arguments == "[\(json)]", "seed \(seed), round \(round)")
            #expect(try Value(json: json).canonicalJSON == json)
        }
    }
}
