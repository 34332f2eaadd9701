// `muster sync`: a cycle now. One machine that cannot be synced does not keep the others back; what
// went wrong is told at the end, once for each.
import ArgumentParser
import Model
import Orchestration
import Replication

struct SyncCommand: LeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Sends what changed; the first time, everything.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machines.") var vms: [String] = []
    @Flag(help: "Every protected machine.") var all = false
    @Option(help: "A consistency group: its machines are cut at one instant.") var group: String?
    @Flag(help: "An application-consistent point: the guest is brought to rest for the cut.")
    var consistent = false

    func act(_ lead: Lead) async throws -> Value {
        guard [all, !vms.isEmpty, group != nil].count(where: { $0 }) == 1 else {
            throw Failure(.usage, "name the machines to sync, or say --all or --group NAME")
        }
        if let group { return try await sync(group: group, lead) }
        let lab = lead.lab
        var cycles: [Value] = []
        var failures: [Value] = []
        for name in all ? try await lab.replication.summaries().map(\.key) : vms {
            do {
                cycles.append(
                    try await lead.following(name) { try await sync(name, in: lab) })
            } catch let failure as Failure {
                failures.append(failure.value)
            }
        }
        return ["cycles": .list(cycles), "failures": .list(failures)]
    }

    func show(_ outcome: Value) throws {
        let cycles = outcome["cycles"]?.list ?? []
        let failures = (outcome["failures"]?.list ?? []).compactMap { Failure($0) }
        if options.json {
            Terminal.say(json: .list(cycles))
        } else if failures.isEmpty || !cycles.isEmpty {
            tell(.list(cycles))
        }
        failures.forEach(Terminal.complain)
        if let first = failures.first { throw ExitCode(first.exitStatus.rawValue) }
    }

    func tell(_ cycles: Value) {
        let rows = (cycles.list ?? []).map { cycle in
            [
                cycle.word("vm"), cycle.word("point"), cycle.time("cut_at"),
                cycle.size("bytes_sent"),
            ]
        }
        Terminal.say(
            Table(["VM", "POINT", "CUT", "SENT"], rows).text(nothing: "nothing is protected"))
    }

    private func sync(group: String, _ lead: Lead) async throws -> Value {
        let common = try await lead.lab.replication.cycle(
            group: group, kind: consistent ? .appConsistent : .standard)
        let cycles = common.points.sorted { $0.key < $1.key }.map { vm, point -> Value in
            [
                "vm": .text(vm), "point": .integer(Int64(point.sequence)),
                "cut_at": .text(common.instant.cutAt.description), "bytes_sent": .null,
            ]
        }
        return ["cycles": .list(cycles), "failures": []]
    }

    private func sync(_ name: String, in lab: Composition) async throws -> Value {
        guard let before = try await lab.replication.protection(of: name) else {
            throw try await lab.notProtected(name)
        }
        let isFirst = [.readyForInitialReplication, .initialReplication].contains(before.state)
        let point =
            isFirst
            ? try await lab.replication.firstCopy(name)
            : try await lab.replication.sync(name, kind: consistent ? .appConsistent : .standard)
        let after = try await lab.replication.protection(of: name)
        let sent = (after?.statistics.bytesSent ?? 0) - before.statistics.bytesSent
        return [
            "vm": .text(name), "point": .integer(Int64(point.sequence)),
            "cut_at": .text(point.cutAt.description), "bytes_sent": .integer(sent),
        ]
    }
}
