// Whether the last test of a plan was of what the plan is now. What it was of is kept with the run
// that tested it; what it is now is looked at.
import Fabric
import Model
import Store

struct RehearsalCheck: Sendable {
    let services: Services
    let sight: FabricSight

    /// What the plan is made of now: its texts, its vms as they are at the source, which network
    /// stands for which, and all of that of the plans it runs.
    func fingerprint(
        of plan: RecoveryPlan, _ texts: PlanTexts, below lineage: [String] = []
    ) async throws -> PlanFingerprint {
        var parts = texts.digests()
        for name in plan.plans.joined() where !(lineage + [texts.file.runbookName]).contains(name) {
            guard let (child, file) = try? await texts.inspection.plan(name) else {
                parts["plan \(name)"] = "missing"
                continue
            }
            let own = try await fingerprint(
                of: child, PlanTexts(file, texts.inspection),
                below: lineage + [texts.file.runbookName])
            parts.merge(own.parts) { first, _ in first }
        }
        let sites = try await services.fabric.sites().filter {
            [plan.source, plan.target].contains($0.name)
        }
        for site in sites {
            for mapping in site.mappings
            where [plan.source, plan.target].contains(mapping.target.site) {
                parts["mapping \(site.name):\(mapping.network)"] = mapping.words
            }
        }
        let isSource = sites.contains { $0.name == plan.source }
        let machines = isSource ? try await sight.machines(at: plan.source) : nil
        for vm in plan.vms {
            let machine = machines?.byID[MachineID(site: plan.source, name: vm)]
            let missing = machines == nil ? PlanFingerprint.unknown : "missing"
            parts["member \(vm)"] = machine?.fingerprint ?? missing
        }
        return PlanFingerprint(parts)
    }

    /// How the last test that succeeded stands to what the plan is made of now.
    func rehearsal(of name: String, now current: PlanFingerprint) throws -> PlanRehearsal {
        let now = services.clock.now
        guard let run = try services.store.lastRehearsal(of: name),
            let endedAt = try services.store.run(run).endedAt
        else {
            return PlanRehearsal(nil, of: current, current: current, now: now)
        }
        let tested = PlanProgress.fingerprint(from: try services.store.planNotes(of: run))
        return PlanRehearsal(
            PlanRehearsal.Test(run: run, at: endedAt), of: tested, current: current, now: now)
    }
}

extension VirtualMachine {
    /// What a test is of: where it runs and whether it does is no part of it.
    fileprivate var fingerprint: String {
        let view: Value = [
            "processors": .integer(Int64(processors)), "memory": .integer(memory.bytes),
            "disks": .list(
                disks.map { ["name": .text($0.name), "size": .integer($0.size.bytes)] }),
            "nics": .list(
                nics.map { card in
                    [
                        "name": .text(card.name),
                        "switch": card.switchName.map { .text($0) } ?? .null,
                    ]
                }),
        ]
        return view.canonicalJSON
    }
}

extension PlanRehearsal {
    /// As every face shows it.
    package var view: Value {
        [
            "state": .text(state.rawValue), "run": test.map { .integer($0.run.number) } ?? .null,
            "at": test.map { .text($0.at.description) } ?? .null,
            "changes": .list(changes.map { .text($0) }),
        ]
    }

    /// Reads ``view``; nil for anything else.
    init?(_ view: Value?) {
        guard let state = view?["state"]?.text.flatMap(State.init) else { return nil }
        let run = view?["run"]?.integer.map { RunID($0) }
        let at = view?["at"]?.text.flatMap {
            try? Timestamp(text: $0, from: Timestamp(microseconds: 0))
        }
        let test = run.flatMap { run in at.map { Test(run: run, at: $0) } }
        self.init(state, test, changes: view?["changes"]?.list?.compactMap(\.text) ?? [])
    }
}
