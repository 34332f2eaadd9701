// `muster protect`, `unprotect` and `sync`: the replication of machines.
import ArgumentParser
import Fabric
import Model
import Orchestration
import Replication

struct ProtectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protect", abstract: "Makes a turned-off replica of a machine at another site.")

    @OptionGroup var options: LabOptions
    @OptionGroup var chosen: VMCommand.Chosen
    @Option(help: "The site that receives the replica.") var target: String
    @Option(help: "The host there; the first.") var host: String?
    @Option(help: "How often changes are sent: 30s, 5m or 15m.") var interval = "5m"
    @Option(help: "Recovery points to keep, 1 to 24.") var points = 1
    @Option(help: "A disk to replicate; once for each; all when left out.")
    var disk: [String] = []
    @Flag(inversion: .prefixedNo, help: "Compress what is sent.") var compression = true

    func run() async throws {
        let lab = try Composition(options)
        let protection = ProtectionOptions(
            target: target, host: host, interval: try ReplicationInterval(text: interval),
            isCompressed: compression, pointsKept: points, disks: disk.isEmpty ? nil : disk)
        let made = try await lab.leading { _ in
            try await lab.replication.protect(chosen.machine(in: lab).id, protection)
        }
        if options.json {
            return Terminal.say(json: [
                "vm": .text(made.vm), "primary": .text(made.primary.description),
                "replica": .text(made.replica.description), "state": .text(made.state.rawValue),
                "excluded_disks": .list(made.excludedDisks.map { .text($0) }),
            ])
        }
        let excluded = made.excludedDisks.isEmpty
            ? "" : "; not replicated: \(made.excludedDisks.joined(separator: ", "))"
        Terminal.say("\(made.primary) → \(made.replica), every \(made.interval.rawValue)\(excluded)")
    }
}

struct UnprotectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unprotect", abstract: "Ends a machine's protection; the replica stays, off.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine.") var vm: String
    @Flag(help: "Delete the replica with its disks.") var deleteReplica = false

    func run() async throws {
        let lab = try Composition(options)
        try await lab.leading { _ in
            try await lab.replication.remove(vm, deletesReplica: deleteReplica)
        }
    }
}

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Sends what changed; the first time, everything.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machines.") var vms: [String] = []
    @Flag(help: "Every protected machine.") var all = false

    func run() async throws {
        guard all != !vms.isEmpty else {
            throw Failure(.usage, "name the machines to sync, or say --all")
        }
        let lab = try Composition(options)
        let lines = try await lab.leading { _ in
            let known = try await lab.replication.protections()
            let names = all ? known.map(\.vm) : vms
            var lines: [(String, RecoveryPoint, Int64)] = []
            for name in names { lines.append(try await sync(name, in: lab)) }
            return lines
        }
        if options.json {
            return Terminal.say(
                json: .list(
                    lines.map { name, point, bytes in
                        [
                            "vm": .text(name), "point": .integer(Int64(point.sequence)),
                            "cut_at": .text(point.cutAt.description), "bytes_sent": .integer(bytes),
                        ]
                    }))
        }
        let rows = lines.map { name, point, bytes in
            [name, String(point.sequence), point.cutAt.timeOfDay, ByteCount(bytes).description]
        }
        Terminal.say(Table(["VM", "POINT", "CUT", "SENT"], rows).text(nothing: "nothing is protected"))
    }

    private func sync(
        _ name: String, in lab: Composition
    ) async throws -> (String, RecoveryPoint, Int64) {
        guard let before = try await lab.replication.protection(of: name) else {
            throw Failure(
                .notProtected, "\(name) is not protected: muster protect \(name) --target SITE")
        }
        let isFirst = [.readyForInitialReplication, .initialReplication].contains(before.state)
        let point =
            isFirst
            ? try await lab.replication.firstCopy(name) : try await lab.replication.sync(name)
        let after = try await lab.replication.protection(of: name)
        let sent = (after?.statistics.bytesSent ?? 0) - before.statistics.bytesSent
        return (name, point, sent)
    }
}
