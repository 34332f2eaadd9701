// What the things that a trigger watches look like now. A machine goes by its name, which a
// protected one has at both sites: moved by a failover it has not appeared. It is gone when the
// site that answers for it answers without it; a lost site takes no machine away.
import Fabric
import Model
import Replication
import Store

struct TriggerSight {
    /// The one thing of which a trigger on ended runs knows how far it has seen.
    static let runs = "runs"

    let services: Services

    private var store: Store { services.store }

    /// What a trigger that is made or resumed now knows already; nil where nothing is forgotten.
    func marks(for trigger: RunTrigger) async throws -> [String: String]? {
        switch trigger.cause {
        case .vmAppeared, .healthChanged, .readinessChanged:
            let subjects = try await subjects(of: trigger, knowing: [:])
            return Dictionary(
                uniqueKeysWithValues: subjects.compactMap { subject in
                    subject.mark.map { (subject.name, $0) }
                })
        case .runEnded: return [Self.runs: String(try store.lastEnd())]
        case .webhook: return nil
        }
    }

    /// The things that a trigger watches, and those it knows that are no more.
    func subjects(
        of trigger: RunTrigger, knowing marks: [String: String]
    ) async throws -> [TriggerSubject] {
        switch trigger.cause {
        case .vmAppeared: try await machines(knowing: marks)
        case .healthChanged: try await protections(of: trigger, knowing: marks)
        case .runEnded: try endedRuns(after: Int64(marks[Self.runs] ?? "") ?? 0)
        case .readinessChanged: try plans(knowing: marks)
        case .webhook: []
        }
    }

    /// Plans as they were found; one that is gone is no more.
    private func plans(knowing marks: [String: String]) throws -> [TriggerSubject] {
        let found = try store.readiness()
        let gone = Set(marks.keys).subtracting(found.map(\.plan))
        return found.map { readiness in
            var subject = TriggerSubject(readiness.plan, mark: readiness.word)
            subject.runbook = readiness.plan
            subject.facts = [
                "plan": readiness.plan, "readiness": readiness.word,
                "findings": readiness.findings.map(\.text).joined(separator: "; "),
            ]
            return subject
        } + gone.sorted().map { TriggerSubject($0, mark: nil) }
    }

    private func machines(knowing marks: [String: String]) async throws -> [TriggerSubject] {
        // The list of protections is read first: one that is made meanwhile has its machine.
        let protected = Set(try await services.replication.summaries().map(\.vm))
        let (answering, machines) = try await services.fabric.reached()
        let views = try await MachineDirectory(services: services).views(of: machines, scope: nil)
        let present = Dictionary(views.map { ($0.machine.id.name, $0) }) { first, _ in first }
        let gone = marks.filter { name, site in
            present[name] == nil && !protected.contains(name) && answering.contains(site)
        }
        return present.values.sorted { $0.machine.id < $1.machine.id }.map(Self.appeared)
            + gone.keys.sorted().map { TriggerSubject($0, mark: nil) }
    }

    private static func appeared(_ view: MachineView) -> TriggerSubject {
        let machine = view.machine
        var subject = TriggerSubject(machine.id.name, mark: machine.id.site)
        subject.take(machine)
        subject.facts = [
            "vm": machine.id.name, "site": machine.id.site,
            "subscription": machine.subscription ?? "",
        ]
        return subject
    }

    private func protections(
        of trigger: RunTrigger, knowing marks: [String: String]
    ) async throws -> [TriggerSubject] {
        let summaries = try await services.replication.summaries()
        var owners: [String: VirtualMachine] = [:]
        if trigger.asksForOwner {
            let views = try await MachineDirectory(services: services).views(scope: nil)
            owners = Dictionary(views.map { ($0.machine.id.name, $0.machine) }) { first, _ in first
            }
        }
        let now = services.clock.now
        let seen = summaries.map { summary in
            let health = ReplicationHealth(of: summary, now: now).rawValue
            var subject = TriggerSubject(summary.key, mark: health)
            if let owner = owners[summary.vm] { subject.take(owner) }
            subject.site = summary.production.site
            subject.facts = [
                "vm": summary.vm, "site": summary.production.site, "health": health,
                "was": marks[summary.key] ?? ReplicationHealth.warning.rawValue,
            ]
            return subject
        }
        let keys = Set(summaries.map(\.key))
        return seen
            + marks.keys.filter { !keys.contains($0) }.sorted()
            .map { TriggerSubject($0, mark: nil) }
    }

    private func endedRuns(after number: Int64) throws -> [TriggerSubject] {
        try store.endedRuns(after: number, limit: Limits.triggerRunsMax).map { end in
            let run = try store.run(end.run)
            var subject = TriggerSubject(Self.runs, mark: String(end.number))
            subject.runbook = run.name
            subject.lineage = try store.triggers(behind: run.id)
            subject.facts = [
                "run": run.id.description, "runbook": run.name, "state": run.state.rawValue,
            ]
            return subject
        }
    }
}

extension TriggerSubject {
    fileprivate mutating func take(_ machine: VirtualMachine) {
        site = machine.id.site
        subscription = machine.subscription
        tags = machine.tags
    }

    /// In words, for the record: `vm web9, site oslo`.
    var told: String {
        let facts = facts.filter { $0.key != "payload" && !$0.value.isEmpty }
        let words = facts.sorted { $0.key > $1.key }.map { "\($0.key) \($0.value)" }
        return words.isEmpty ? "called" : words.joined(separator: ", ")
    }
}

extension RunTrigger {
    fileprivate var asksForOwner: Bool {
        filter.subscription != nil || filter.tag != nil || scope != nil
    }
}
