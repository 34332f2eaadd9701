// `muster export`, `import`, `reprotect`, `extend` and `planner`: first copies by another way, and
// what a protection may become.
import ArgumentParser
import Fabric
import Model
import Orchestration
import Replication

struct ExportCommand: LeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a first copy to external media.",
        discussion: "Carry the folder to the other site, and take it in with `muster import`.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine.") var vm: String
    @Option(help: "The folder to write to.") var to: String

    func act(_ lead: Lead) async throws -> Value {
        try await lead.lab.requireProtected(vm)
        let folder = lead.path(to)
        return try await lead.following(vm) {
            let manifest = try await lead.lab.replication.export(vm, to: folder)
            return [
                "key": .text(vm), "folder": .text(folder), "bytes": .integer(manifest.logBytes),
            ]
        }
    }

    func tell(_ outcome: Value) {
        Terminal.say("\(vm) is written to \(outcome.word("folder")): \(outcome.size("bytes"))")
        Terminal.say("  muster import \(vm) --from FOLDER")
    }
}

struct ImportCommand: LeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Takes in a first copy that was exported.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine.") var vm: String
    @Option(help: "The folder that `muster export` wrote.") var from: String

    func act(_ lead: Lead) async throws -> Value {
        try await lead.lab.requireProtected(vm)
        let point = try await lead.lab.replication.importCopy(vm, from: lead.path(from))
        return point.view
    }

    func tell(_ outcome: Value) {
        Terminal.say("\(vm) is copied; what was written since goes with the next cycle")
    }
}

struct ReprotectCommand: LeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "reprotect",
        abstract: "Takes over what has drifted; the replica there is, is the base.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine.") var vm: String
    @Option(help: "A disk not to replicate; once for each.") var excluding: [String] = []

    func act(_ lead: Lead) async throws -> Value {
        try await lead.lab.requireProtected(vm)
        return try await lead.lab.replication.reprotect(vm, excluding: excluding).view
    }

    func tell(_ outcome: Value) { Terminal.say(outcome.protectionLine) }
}

struct ExtendCommand: LeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Gives a replica a replica of its own, at a third site.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine.") var vm: String
    @Option(help: "The third site.") var target: String
    @Option(help: "The host there; the first.") var host: String?
    @Option(help: "How often, not oftener than the replica itself: 5m or 15m.") var interval = "5m"
    @Option(help: "Recovery points to keep, 1 to 24.") var points = 1

    func act(_ lead: Lead) async throws -> Value {
        try await lead.lab.requireProtected(vm)
        let options = ProtectionOptions(
            target: target, host: host, interval: try ReplicationInterval(text: interval),
            pointsKept: points)
        return try await lead.lab.replication.extend(vm, options).view
    }

    func tell(_ outcome: Value) {
        Terminal.say(outcome.protectionLine)
        Terminal.say("  muster sync \(outcome.word("key"))")
    }
}

struct PlannerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "planner",
        abstract: "Watches machines, and says what protecting them would cost.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machines, as NAME or SITE/NAME.") var vms: [String]
    @Option(name: .customLong("for"), help: "How long to watch.") var duration = "10m"
    @Option(help: "How often to look.") var every = "30s"

    func run() async throws {
        let lab = try await Composition(options)
        var machines: [MachineID] = []
        for vm in vms {
            machines.append(
                try await lab.orchestrator.directory.machine(named: .text(vm), scope: nil).id)
        }
        let plans = try await CapacityPlanner(lab.replication).watch(
            machines, for: try Duration(text: duration), every: try Duration(text: every))
        if options.json { return Terminal.say(json: .list(plans.map(\.view))) }
        for plan in plans { tell(plan) }
    }

    private func tell(_ plan: CapacityPlan) {
        let took = plan.watchedUntil - plan.watchedFrom
        let bound = plan.isExact ? "" : "; longer intervals are bounds from above"
        Terminal.say("\(plan.machine): \(plan.churn) changed in \(took.readable)\(bound)")
        let rows = plan.choices.map { choice in
            [
                choice.interval.rawValue, "\(choice.cycleBytes)", "\(choice.cycleBytesMax)",
                "\(choice.networkBytes)/s", "\(choice.storageBytes)/s", "\(choice.pointBytes)",
                "\(Int((choice.processorShare * 100).rounded())) %", "\(choice.memory)",
            ]
        }
        Terminal.say(
            Table(
                [
                    "EVERY", "A CYCLE", "AT MOST", "NETWORK", "STORAGE", "A POINT", "OF A CORE",
                    "MEMORY",
                ], rows
            ).text(nothing: ""))
    }
}

extension CapacityPlan {
    fileprivate var view: Value {
        [
            "vm": .text(machine.description), "from": .text(watchedFrom.description),
            "until": .text(watchedUntil.description), "churn_bytes": .integer(churn.bytes),
            "compression": .float(compression), "exact": .boolean(isExact),
            "choices": .list(
                choices.map { choice in
                    [
                        "interval": .text(choice.interval.rawValue),
                        "cycle_bytes": .integer(choice.cycleBytes.bytes),
                        "cycle_bytes_max": .integer(choice.cycleBytesMax.bytes),
                        "network_bytes_per_second": .integer(choice.networkBytes.bytes),
                        "storage_bytes_per_second": .integer(choice.storageBytes.bytes),
                        "point_bytes": .integer(choice.pointBytes.bytes),
                        "processor_share": .float(choice.processorShare),
                        "memory_bytes": .integer(choice.memory.bytes),
                    ]
                }),
        ]
    }
}
