// Reads cards as the program does, but for the fabric: the real runtime, the real prelude, the real
// checks of arguments; what a primitive finds is said by the test.
import LuaRuntime
import Model
import Orchestration
import TestSupport

struct Cards {
    /// Modules an author has beside the file.
    var modules: [String: String] = [:]
    var answer: @Sendable (_ primitive: String, _ arguments: [String: Value]) throws -> Value = {
        name, _ in throw Failure(.unknownName, "\(name) has no answer in this test")
    }

    static let file = "web-shop.lua"

    /// The value of the card that `text` returns.
    func read(_ text: String, file: String = Cards.file) throws -> Value {
        var state = try LuaState(
            LuaConfiguration(
                primitives: Catalogue().luaNames,
                prelude: try Library.preludes.map { try Repository.libraryModule($0) }
            ) { [modules] name in
                modules[name].map { LuaModule(name: "\(name).lua", text: $0) }
                    ?? (try? Repository.libraryModule(name))
            })
        try state.load(LuaModule(name: file, text: text))
        while true {
            switch state.next() {
            case .slice: continue
            case .finished(let json): return try Value(json: json)
            case .failed(let failure), .killed(let failure): throw failure
            case .call(let call): reply(to: call, in: &state)
            }
        }
    }

    private func reply(to call: LuaCall, in state: inout LuaState) {
        let noon = Timestamp(microseconds: 1_772_366_400_000_000)
        do {
            let primitive = Catalogue()[call.primitive]
            let list = try Value(json: call.arguments).list ?? []
            let arguments = try primitive?.arguments(from: list, at: call.position) ?? [:]
            let value = try answer(call.primitive, arguments)
            state.reply(json: value.canonicalJSON, at: noon)
        } catch {
            state.raise(Failure(error, as: .internalFault), at: noon)
        }
    }

    func plan(_ text: String) throws -> RecoveryPlan {
        try RecoveryPlan(card: try read(text), file: Self.file)
    }

    func runbook(_ text: String) throws -> RunbookCard {
        try RunbookCard(card: try read(text), file: Self.file)
    }

    /// How a plan with a fault is refused, as every face of the program prints it.
    func fault(_ text: String) -> String {
        do {
            _ = try plan(text)
            return "no fault"
        } catch {
            return "\(error)"
        }
    }
}
