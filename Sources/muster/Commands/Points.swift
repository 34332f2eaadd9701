// `muster points`, `measure`, `drift` and `prove`: what can be learnt of a protection.
import ArgumentParser
import Foundation
import Model
import Orchestration
import Replication

struct PointsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "points", abstract: "Lists the recovery points that can be chosen.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine, or MACHINE:extended.") var vm: String?
    @Option(help: "The points that all machines of a consistency group have in common.")
    var group: String?

    func run() async throws {
        let lab = try await Composition(options, for: .tenants)
        switch (vm, group) {
        case (let vm?, nil): try await show(lab.requireOwnProtected(vm).points, lab.clock.now)
        case (nil, let group?):
            // A group may hold machines of several.
            try await lab.orchestrator.requireHouse(lab.actor, for: "see a consistency group")
            try await show(lab.replication.commonPoints(of: group))
        default: throw Failure(.usage, "name a machine, or say --group NAME")
        }
    }

    private func show(_ points: [RecoveryPoint], _ now: Timestamp) {
        if options.json { return Terminal.say(json: .list(points.map(\.view))) }
        let rows = points.reversed().map { point in
            [
                String(point.sequence), point.cutAt.description, (now - point.cutAt).readable,
                point.kind.rawValue, point.group?.group ?? "", point.warning ?? "",
            ]
        }
        Terminal.say(
            Table(["POINT", "CUT", "AGE", "KIND", "GROUP", "REMARK"], rows).text(
                nothing: "there is no recovery point yet"))
    }

    private func show(_ points: [CommonPoint]) {
        if options.json { return Terminal.say(json: .list(points.map(\.view))) }
        let rows = points.reversed().map { common in
            let members = common.points.sorted { $0.key < $1.key }
                .map { "\($0.key) \($0.value.sequence)" }
            return [
                common.instant.cutAt.description, common.instant.kind.rawValue,
                members.joined(separator: ", "),
            ]
        }
        Terminal.say(
            Table(["CUT", "KIND", "POINT OF EACH"], rows).text(
                nothing: "no point is common to all of them; muster sync --group NAME makes one"))
    }
}

struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Shows what a protection has done and what is pending.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine, or MACHINE:extended.") var vm: String

    func run() async throws {
        let lab = try await Composition(options, for: .tenants)
        _ = try await lab.requireOwnProtected(vm)
        let measure = try await lab.replication.measure(vm)
        if options.json { return Terminal.say(json: measure.view) }
        let view = measure.view
        let lines = [
            ("state", view.word("state")), ("health", view.word("health")),
            ("last success", view.word("last_success_at")), ("last error", view.word("last_error")),
            ("pending", view.size("pending")),
            ("a cycle", "\(view.size("average_size")), at most \(view.size("maximum_size"))"),
            (
                "it takes",
                "\(measure.averageLatency.readable), at most \(measure.maximumLatency.readable)"
            ),
            (
                "cycles",
                "\(measure.succeeded) succeeded, \(measure.missed) missed, \(measure.errors) failed"
            ),
        ]
        for (name, value) in lines {
            Terminal.say(name.padding(toLength: 14, withPad: " ", startingAt: 0) + value)
        }
        for warning in measure.warnings { Terminal.say("! \(warning)") }
    }
}

struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Lists how a machine and its replica have grown apart.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine.") var vm: String

    func run() async throws {
        let lab = try await Composition(options, for: .tenants)
        _ = try await lab.requireOwnProtected(vm)
        let drift = try await lab.replication.drift(of: vm)
        if options.json { return Terminal.say(json: .list(drift.map(\.view))) }
        for one in drift { Terminal.say("\(one)") }
        Terminal.say(
            drift.isEmpty ? "\(vm) and its replica are alike" : "  muster reprotect \(vm)")
    }
}

struct ProveCommand: LeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Reads a point's disks and proves that they hold what replication brought.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine, or MACHINE:extended.") var vm: String
    @Option(help: "The point; the latest.") var point: Int?

    func act(_ lead: Lead) async throws -> Value {
        try await lead.lab.requireProtected(vm)
        let proof = try await lead.lab.replication.proveContent(of: vm, point: point)
        return proof.view
    }

    func tell(_ proof: Value) {
        Terminal.say("point \(proof.word("point")) of \(vm) holds what replication brought")
        for (disk, root) in (proof["roots"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            Terminal.say("  \(disk)  \(root.text ?? "")")
        }
    }
}
