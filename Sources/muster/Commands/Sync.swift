// `muster sync`: a cycle now. One machine that cannot be synced does not keep the others back; what
// went wrong is told at the end, once for each.
import ArgumentParser
import Model
import Orchestration
import Replication

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Sends what changed; the first time, everything.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machines.") var vms: [String] = []
    @Flag(help: "Every protected machine.") var all = false

    private struct Cycle {
        let vm: String
        let point: RecoveryPoint
        let bytesSent: Int64
    }

    func run() async throws {
        guard all != !vms.isEmpty else {
            throw Failure(.usage, "name the machines to sync, or say --all")
        }
        let lab = try Composition(options)
        var cycles: [Cycle] = []
        var failures: [Failure] = []
        try await lab.leading { _ in
            let names = all ? try await lab.replication.protections().map(\.key) : vms
            for name in names {
                do {
                    cycles.append(try await sync(name, in: lab))
                } catch let failure as Failure {
                    failures.append(failure)
                }
            }
        }
        show(cycles, isEmpty: cycles.isEmpty && failures.isEmpty)
        failures.forEach(Terminal.complain)
        if let first = failures.first { throw ExitCode(first.exitStatus.rawValue) }
    }

    private func show(_ cycles: [Cycle], isEmpty: Bool) {
        if options.json { return Terminal.say(json: .list(cycles.map(view))) }
        guard isEmpty || !cycles.isEmpty else { return }
        let rows = cycles.map { cycle in
            [
                cycle.vm, String(cycle.point.sequence), cycle.point.cutAt.timeOfDay,
                ByteCount(cycle.bytesSent).description,
            ]
        }
        Terminal.say(
            Table(["VM", "POINT", "CUT", "SENT"], rows).text(nothing: "nothing is protected"))
    }

    private func view(_ cycle: Cycle) -> Value {
        [
            "vm": .text(cycle.vm), "point": .integer(Int64(cycle.point.sequence)),
            "cut_at": .text(cycle.point.cutAt.description),
            "bytes_sent": .integer(cycle.bytesSent),
        ]
    }

    private func sync(_ name: String, in lab: Composition) async throws -> Cycle {
        guard let before = try await lab.replication.protection(of: name) else {
            throw try await lab.notProtected(name)
        }
        let isFirst = [.readyForInitialReplication, .initialReplication].contains(before.state)
        let point =
            isFirst
            ? try await lab.replication.firstCopy(name) : try await lab.replication.sync(name)
        let after = try await lab.replication.protection(of: name)
        let sent = (after?.statistics.bytesSent ?? 0) - before.statistics.bytesSent
        return Cycle(vm: name, point: point, bytesSent: sent)
    }
}
