// Reads texts that are to be imported as if all of them were in force together, and lists every
// fault there is.
import LuaRuntime
import Model

struct ImportCheck: Sendable {
    let orchestrator: Orchestrator
    /// Texts by name.
    let texts: [String: String]
    /// The tenant they are for; nil for the house.
    let scope: String?

    /// Raises `library.import_refused` with every fault.
    func run() async throws {
        var faults: [Failure] = []
        for name in texts.keys.sorted() {
            do {
                try await check(name)
            } catch {
                faults.append(fault(in: name, Failure(error, as: .internalFault)))
            }
        }
        guard let first = faults.first else { return }
        let list = faults.map { "  \($0)" }.joined(separator: "\n")
        throw Failure(
            .importRefused,
            "nothing was imported: \(faults.count) of \(texts.count) texts "
                + "\(faults.count == 1 ? "has a fault" : "have faults")\n\(list)",
            context: ["faults": "\(faults.count)"], cause: first)
    }

    private func check(_ name: String) async throws {
        try Name.checked(name, "runbook")
        let text = texts[name] ?? ""
        let file = LuaModule(name: "\(name).lua", text: text)
        try LuaState.checkSyntax(text, name: file.name)
        let inspection = CardInspection(
            services: orchestrator.services, catalogue: orchestrator.catalogue,
            library: orchestrator.library.trying(texts), scope: scope)
        let card: Value
        do {
            card = try await inspection.card(of: file)
        } catch let failure as Failure where failure.code == .luaResult {
            // A module may return what a card may not: nobody takes it out of Lua.
            return
        }
        try await check(card, name, inspection, file)
    }

    private func check(
        _ card: Value, _ name: String, _ inspection: CardInspection, _ file: LuaModule
    ) async throws {
        switch card["$kind"]?.text {
        case "plan":
            let plan = try RecoveryPlan(card: card, file: file.name)
            try inspection.requireAssets(plan.assets, of: name)
            let directory = MachineDirectory(services: orchestrator.services)
            // A machine that is not there yet is a matter of the plan's own preflight.
            for vm in plan.vms {
                do {
                    _ = try await directory.machine(named: .text(vm), scope: scope)
                } catch let failure as Failure where failure.code != .refused {
                    continue
                }
            }
        case "runbook":
            let runbook = try RunbookCard(card: card, file: file.name)
            try inspection.requireAssets(runbook.assets, of: name, at: runbook.position)
        default: return
        }
    }

    private func fault(in name: String, _ failure: Failure) -> Failure {
        var failure = failure
        failure.position = failure.position ?? SourcePosition(file: "\(name).lua", line: 1)
        failure.traceback = nil
        return failure
    }
}

extension CardInspection {
    /// Raises `name.unknown` and `scope.refused` for an asset that a card says its runbook needs,
    /// and a run of it would not get (B-6).
    func requireAssets(
        _ assets: [String], of name: String, at position: SourcePosition? = nil
    ) throws {
        let call = PrimitiveCall(
            place: JournalPlace(run: RunID(0), branch: ScriptExecution.cardBranch, sequence: 0),
            arguments: [:], startedAt: services.clock.now, scope: scope, runbook: name,
            at: position, services: services)
        for asset in assets { _ = try call.asset(asset, Asset.Kind.allCases) }
    }
}
