// Reads a card outside a run, for `plan check`, `plan show` and the start of a run: reads are made
// live, nothing is journaled, and nothing that writes may be called.
import LuaRuntime
import Model
import Store

package struct CardInspection: Sendable {
    let services: Services
    let catalogue: Catalogue
    let library: Library
    let scope: String?
    /// Texts that are taken before the library's: those a run has kept.
    var sources: RunSources?

    /// What a file turned out to be.
    package enum Subject: Sendable {
        case plan(RecoveryPlan)
        case runbook(RunbookCard)
    }

    /// Raises `lua.syntax`, `lua.error`, `plan.card_invalid` with file and line.
    package func read(_ file: LuaModule) async throws -> Subject {
        let card = try await card(of: file)
        if card["$kind"]?.text == "plan" {
            return .plan(try RecoveryPlan(card: card, file: file.name))
        }
        return .runbook(try RunbookCard(card: card, file: file.name))
    }

    /// The card's canonical value, whatever it is.
    package func card(of file: LuaModule) async throws -> Value {
        let (library, sources) = (self.library, self.sources)
        var state = try LuaState(
            LuaConfiguration(
                primitives: catalogue.luaNames,
                prelude: try Library.preludes { name throws(Failure) in
                    try library.module(name)
                },
                start: services.clock.now
            ) { name throws(Failure) in
                if let kept = try sources?.module(name) { return kept }
                return try library.module(name)
            })
        try state.load(file)
        return try await state.finish(
            at: { services.clock.now },
            answering: { call in
                try await perform(call, of: file)
            })
    }

    private func perform(_ call: LuaCall, of file: LuaModule) async throws -> Value {
        guard let primitive = catalogue[call.primitive] else { return .null }
        guard primitive.phases.contains(.card) else {
            throw Failure.phase(.card, primitive, at: call.position)
        }
        let list = try Value(json: call.arguments).list ?? []
        return try await primitive.perform(
            PrimitiveCall(
                place: JournalPlace(run: RunID(0), branch: ScriptExecution.cardBranch, sequence: 0),
                arguments: try primitive.arguments(from: list, at: call.position),
                startedAt: services.clock.now, scope: scope, runbook: file.runbookName,
                at: call.position, services: services))
    }
}
