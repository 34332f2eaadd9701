// `muster run`: starts a plan or runbook and leads it to its end, and `resume`, which goes on with
// one whose engine died.
import ArgumentParser
import Foundation
import Model
import Orchestration
import Replication
import Store

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a recovery plan or a runbook.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The plan or runbook.") var name: String
    @Option(help: "For a plan: test, planned, unplanned or failback.") var kind: FailoverKind?
    @Option(help: "For a plan: forward or back.") var direction: Direction?
    @Option(
        name: .customLong("param"), parsing: .singleValue,
        help: "For a runbook: NAME=VALUE, once for each.")
    var parameters: [String] = []
    @Option(help: "The subscription whose machines may be touched; the whole house.")
    var scope: String?
    @Option(help: "Why; demanded for an unplanned failover while the primary answers.")
    var reason: String?
    @Flag(help: "Accept the loss that an unplanned failover shows.") var acceptLoss = false
    @Flag(help: "Do not stay while a person is waited for; exit code 5.") var noWait = false

    func run() async throws {
        let lab = try Composition(options)
        let request = RunRequest(
            name: name, kind: kind, direction: direction, parameters: try givenParameters(),
            scope: scope, by: try await lab.person(options), reason: reason,
            seed: UInt64.random(in: 1...UInt64(Int64.max)))
        if kind == .unplanned {
            try await LossConfirmation(lab: lab, accepted: acceptLoss).ask(name)
        }
        try await lab.leading { token in
            let run = try await lab.orchestrator.start(request, under: token)
            try await RunLeading(lab: lab, options: options, noWait: noWait).lead(run, token)
        }
    }

    private func givenParameters() throws(Failure) -> [String: Value] {
        var given: [String: Value] = [:]
        for text in parameters {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Failure(.usage, "--param takes NAME=VALUE, not '\(text)'")
            }
            given[String(parts[0])] = .text(String(parts[1]))
        }
        return given
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Goes on with a run whose engine died or was left waiting."
    )

    @OptionGroup var options: LabOptions
    @Argument(help: "The run; the newest unfinished one.") var run: Int64?
    @Flag(help: "Do not stay while a person is waited for; exit code 5.") var noWait = false

    func run() async throws {
        let lab = try Composition(options)
        let id = try run.map(RunID.init) ?? newest(lab)
        try await lab.leading { token in
            try await RunLeading(lab: lab, options: options, noWait: noWait).lead(id, token)
        }
    }

    private func newest(_ lab: Composition) throws -> RunID {
        guard let run = try lab.store.runs(in: RunState.unfinished, limit: 1).first else {
            throw Failure(.unknownName, "no run is unfinished; `muster runs` lists all")
        }
        return run.id
    }
}

/// What is shown and confirmed before an unplanned failover does anything (F-3).
struct LossConfirmation {
    let lab: Composition
    let accepted: Bool

    func ask(_ name: String) async throws {
        guard case .plan(let plan) = try await lab.orchestrator.inspect(name) else { return }
        var rows: [[String]] = []
        for vm in plan.vms {
            let protection = try await lab.replication.protection(of: vm)
            rows.append(row(vm, protection, target: plan.target))
        }
        FileHandle.standardError.write(
            Data((Table(["VM", "POINT", "WOULD LOSE"], rows).text(nothing: "") + "\n").utf8))
        if accepted { return }
        guard Terminal.isInteractive else {
            throw Failure(
                .notConfirmed,
                "an unplanned failover loses what is shown; say --accept-loss to accept it")
        }
        FileHandle.standardError.write(Data("Type the plan's name to accept this loss: ".utf8))
        guard readLine() == name else {
            throw Failure(.notConfirmed, "the loss was not accepted; nothing was done")
        }
    }

    private func row(_ vm: String, _ protection: Protection?, target: String) -> [String] {
        if let protection, protection.production.site == target {
            return [vm, "is at \(target) already", "nothing"]
        }
        guard let point = protection?.points.last else {
            return [vm, "no recovery point", "everything"]
        }
        return [vm, point.cutAt.description, (lab.clock.now - point.cutAt).readable]
    }
}
