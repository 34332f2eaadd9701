// `muster resume`, which goes on with a run that was put aside, left waiting or whose engine died, and
// from one of a plan that failed; and `undo`, which undoes what such a run did.
import ArgumentParser
import Model
import Orchestration
import Replication
import Store

struct ResumeCommand: LeadCommand {
    static let audience = Audience.tenants
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract:
            "Goes on with a run that was put aside, left waiting, whose engine died, or of a plan "
            + "that failed; or with a machine.",
        discussion: """
            Of a plan's run that was aborted, another run goes on: what was done is not done again, \
            and the failed step is retried, skipped or ignored. With --kind unplanned the rest of a \
            planned failover is done without the primary.
            """)

    @OptionGroup var options: LabOptions
    @Argument(help: "The run, the newest unfinished one; or a machine that was suspended.")
    var run: String?
    @Option(help: "Of a run, why it goes on; kept in the report.") var reason: String?
    @Option(help: "Of a run that failed, what becomes of its step: retry, skip or ignore.")
    var failed: PlanSequel.Verdict?
    @Option(help: "Of a planned failover that failed: unplanned from here.") var kind: FailoverKind?
    @Flag(help: "Accept the loss that an unplanned failover shows.") var acceptLoss = false
    @Flag(help: "Do not stay while a person is waited for; exit code 5.") var noWait = false

    func run() async throws {
        let lab = try await Composition(options, for: Self.audience)
        if let run, RunID(run) == nil { return try await resume(machine: run, lab) }
        let id = try run.flatMap { RunID($0) } ?? newest(lab)
        let record = try lab.orchestrator.run(id, for: lab.actor)
        if record.canBeFollowed { return try await goOn(from: record, lab) }
        guard failed == nil, kind == nil else {
            throw Failure(
                .usage,
                "run \(id) is \(record.state.rawValue): only a plan's run that failed or was "
                    + "aborted goes on otherwise than it began")
        }
        if record.suspension != nil {
            try await lab.orchestrator.wish(
                .resume, of: id, by: try lab.person(options), reason: reason)
        }
        let leading = RunLeading(lab: lab, options: options, noWait: noWait)
        switch try await lab.lead() {
        case .taken(let lease):
            defer { lease.release() }
            try await leading.lead(id, lease.token)
        case .served: try await leading.watch(id)
        }
    }

    func act(_ lead: Lead) async throws -> Value {
        if let id = run.flatMap({ RunID($0) }) {
            let next = try await lead.lab.orchestrator.goOn(
                from: id, failed ?? .retry, as: kind, by: lead.person, reason: reason,
                under: lead.token)
            return ["run": .integer(next.number)]
        }
        let vm = run ?? ""
        try await lead.requireOwnProtected(vm)
        return try await lead.lab.replication.resume(vm).view
    }

    func tell(_ outcome: Value) { Terminal.say(outcome.protectionLine) }

    private func goOn(from run: RunRecord, _ lab: Composition) async throws {
        if kind == .unplanned {
            try await LossConfirmation(lab: lab, accepted: acceptLoss).ask(run.name)
        }
        try await RunLeading(lab: lab, options: options, noWait: noWait).lead(by: self)
    }

    private func resume(machine: String, _ lab: Composition) async throws {
        _ = try await lab.requireOwnProtected(machine)
        try show(try await performed(in: lab))
    }

    private func newest(_ lab: Composition) throws -> RunID {
        let unfinished = try lab.orchestrator
            .runs(for: lab.actor, in: RunState.unfinished, limit: 1)
        guard let run = unfinished.first else {
            throw Failure(.unknownName, "no run is unfinished; `muster runs` lists all")
        }
        return run.id
    }
}

struct UndoCommand: LeadCommand {
    static let audience = Audience.tenants
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Undoes what the steps of a plan's aborted run did, the last step first.",
        discussion: """
            Each step says in its card how it is undone; vms that were shut down and not failed over \
            are started again. What was failed over stays: the plan's failback brings it home.
            """)

    @OptionGroup var options: LabOptions
    @Argument(help: "The run.") var run: Int64
    @Option(help: "Why; kept in the report.") var reason: String?
    @Flag(help: "Do not stay while a person is waited for; exit code 5.") var noWait = false

    func run() async throws {
        let lab = try await Composition(options, for: Self.audience)
        try await RunLeading(lab: lab, options: options, noWait: noWait).lead(by: self)
    }

    func act(_ lead: Lead) async throws -> Value {
        let undoing = try await lead.lab.orchestrator.undo(
            RunID(run), by: lead.person, reason: reason, under: lead.token)
        return ["run": .integer(undoing.number)]
    }

    /// Shown by looking on at the run itself.
    func tell(_ outcome: Value) {}
}

extension PlanSequel.Verdict: ExpressibleByArgument {}
