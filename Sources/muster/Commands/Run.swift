// `muster run`: starts a plan or runbook and leads it to its end. Where an engine serves it leads,
// and this process looks on.
import ArgumentParser
import Foundation
import Model
import Orchestration
import Replication
import Store

struct RunCommand: LeadCommand {
    static let audience = Audience.tenants
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a recovery plan or a runbook.",
        discussion: """
            With --dry-run a plan is only foretold: each step with what it would change and how \
            long it is expected to take, what would be lost, and what preflight would find. \
            Nothing is written; exit code 1 when preflight would stop the run.
            """)

    @OptionGroup var options: LabOptions
    @Argument(help: "The plan or runbook.") var name: String
    @Option(
        help: """
            For a plan: test, planned, unplanned or failback; after a failover change-point, \
            complete or reverse.
            """)
    var kind: PlanKind?
    @Option(help: "For a plan: forward or back.") var direction: Direction?
    @OptionGroup var points: PointOptions
    @Option(
        name: .customLong("param"), parsing: .singleValue,
        help: "For a runbook: NAME=VALUE, once for each.")
    var parameters: [String] = []
    @Option(help: "The subscription whose machines may be touched; the whole house, or your own.")
    var scope: String?
    @Option(help: "Why; demanded for an unplanned failover while the primary answers.")
    var reason: String?
    @Option(help: "How it stands in the queue: low, normal or high; as its card says.")
    var priority: RunPriority?
    @Flag(help: "Run the draft of the library, where there is one.") var draft = false
    @Option(help: "Run this version of the library.") var version: Int?
    @Flag(help: "Accept the loss that an unplanned failover shows.") var acceptLoss = false
    @Flag(help: "Only tell what the run of a plan would do, take and lose.") var dryRun = false
    @Flag(help: "Do not stay while a person is waited for; exit code 5.") var noWait = false

    func run() async throws {
        let lab = try await Composition(options, for: Self.audience)
        if dryRun { return try await foretell(lab) }
        let confirmation = LossConfirmation(lab: lab, accepted: acceptLoss)
        switch kind {
        case .failover(.unplanned): try await confirmation.ask(name)
        case .act(.changePoint): try await confirmation.ask(name, changing: try points.choice(lab))
        default: break
        }
        try await RunLeading(lab: lab, options: options, noWait: noWait).lead(by: self)
    }

    func act(_ lead: Lead) async throws -> Value {
        ["run": .integer(try await start(lead).number)]
    }

    /// Shown by looking on at the run itself.
    func tell(_ outcome: Value) {}

    private func start(_ lead: Lead) async throws -> RunID {
        try await lead.lab.orchestrator.start(
            try await request(by: lead.person, lead.lab), under: lead.token)
    }

    private func request(by person: Person, _ lab: Composition) async throws -> RunRequest {
        guard !draft || version == nil else {
            throw Failure(.usage, "say --draft or --version, not both")
        }
        var request = RunRequest(
            name: name, kind: kind?.failover, direction: direction,
            parameters: try RunParameters.read(parameters),
            scope: scope, by: person, reason: reason, priority: priority,
            seed: UInt64.random(in: 1...UInt64(Int64.max)))
        request.act = try await points.act(kind?.act, of: name, by: person, lab)
        request.edition = draft ? .draft : version.map { .version($0) } ?? .published
        return request
    }

    private func foretell(_ lab: Composition) async throws {
        let dryRun = try await lab.orchestrator.dryRun(
            try await request(by: try lab.person(options), lab))
        if options.json {
            Terminal.say(json: dryRun.value)
        } else {
            Terminal.say(dryRun.text)
        }
        if dryRun.fault != nil { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}

/// What was typed behind `--param`.
enum RunParameters {
    static func read(_ typed: [String]) throws(Failure) -> [String: Value] {
        var given: [String: Value] = [:]
        for text in typed {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure(.usage, "--param takes NAME=VALUE, not '\(text)'")
            }
            given[String(parts[0])] = .text(String(parts[1]))
        }
        return given
    }
}

/// What is shown and confirmed before an unplanned failover does anything (F-3).
struct LossConfirmation {
    let lab: Composition
    let accepted: Bool

    func ask(_ name: String) async throws {
        let subject = try await lab.orchestrator.inspect(name, scope: lab.actor.tenant)
        guard case .plan(let plan) = subject else { return }
        var rows: [[String]] = []
        for vm in plan.vms {
            let protection = try await lab.replication.protection(of: vm)
            rows.append(row(vm, protection, target: plan.target))
        }
        try Self.confirm(rows, typing: name, accepted: accepted)
    }

    /// The same before vms of a plan are brought to other points.
    func ask(_ name: String, changing choice: PointChoice) async throws {
        let changes = try await lab.orchestrator.changes(choice, of: name, scope: lab.actor.tenant)
        let rows = changes.map {
            Self.row($0.protection, at: $0.point.sequence, now: lab.clock.now)
        }
        if !rows.isEmpty { try Self.confirm(rows, typing: name, accepted: accepted) }
    }

    /// Shows the rows and has the name typed. Raises `usage.not_confirmed`.
    static func confirm(
        _ rows: [[String]], typing name: String, accepted: Bool
    ) throws(Failure) {
        FileHandle.standardError.write(
            Data((Table(["VM", "POINT", "WOULD LOSE"], rows).text(nothing: "") + "\n").utf8))
        if accepted { return }
        guard Terminal.isInteractive else {
            throw Failure(
                .notConfirmed,
                "what is shown would be lost; say --accept-loss to accept it")
        }
        FileHandle.standardError.write(Data("Type \(name) to accept this loss: ".utf8))
        guard readLine() == name else {
            throw Failure(.notConfirmed, "the loss was not accepted; nothing was done")
        }
    }

    private func row(_ vm: String, _ protection: Protection?, target: String) -> [String] {
        if let protection, protection.production.site == target {
            return [vm, "is at \(target) already", "nothing"]
        }
        guard let protection else { return [vm, "no recovery point", "everything"] }
        return Self.row(protection, at: nil, now: lab.clock.now)
    }

    /// What a failover of one machine to a point, the latest when nil, would lose.
    static func row(_ protection: Protection, at number: Int?, now: Timestamp) -> [String] {
        let points = protection.points
        guard let point = number.map({ n in points.first { $0.sequence == n } }) ?? points.last
        else { return [protection.vm, "no recovery point", "everything"] }
        return [protection.vm, point.cutAt.description, (now - point.cutAt).readable]
    }
}
