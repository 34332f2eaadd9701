// `muster vm`: the machines of the lab.
import ArgumentParser
import Fabric
import Model
import Orchestration
import Replication

struct VMCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vm", abstract: "Imports, shows and operates machines.",
        subcommands: [
            VMImport.self, List.self, Show.self, Start.self, Stop.self, Move.self,
            Connect.self, Address.self, Write.self,
        ], defaultSubcommand: List.self)

    /// One machine of the lab, by name and perhaps by site.
    struct Chosen: ParsableArguments {
        @Argument(help: "The vm: its name, or site/name.") var name: String
        @Option(help: "The site, when not the primary's.") var site: String?

        func machine(in lab: Composition) async throws -> VirtualMachine {
            let text = site.map { "\($0)/\(name)" } ?? name
            let orchestrator = lab.orchestrator
            return try await orchestrator.admitting(lab.actor) {
                try await orchestrator.directory
                    .machine(named: .text(text), scope: lab.actor.tenant)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the machines of all sites.")
        @OptionGroup var options: LabOptions

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            let machines = try await lab.fabric.reachableMachines()
                .filter { lab.actor.mayTouch($0.subscription) }
                .sorted { ($0.id.name, $0.id.site) < ($1.id.name, $1.id.site) }
            if options.json {
                let states = Dictionary(
                    uniqueKeysWithValues: try await lab.replication.summaries()
                        .map { ($0.key, $0.state) })
                let views = machines.map { MachineView($0, protection: states[$0.id.name]).value }
                return Terminal.say(json: .list(views))
            }
            let rows = machines.map { machine in
                [
                    machine.id.name, machine.id.site, machine.host, machine.role.rawValue,
                    machine.power.rawValue, machine.nics.map(\.line).joined(separator: ", "),
                    machine.disks.map { "\($0.size)" }.joined(separator: ", "),
                ]
            }
            Terminal.say(
                Table(["VM", "SITE", "HOST", "ROLE", "POWER", "CARDS", "DISKS"], rows).text(
                    nothing: "no machines yet: muster vm import NAME --site S --disk FILE"))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one machine.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            let machine = try await chosen.machine(in: lab)
            let state = try await lab.replication.protection(of: machine.id.name)?.state
            var disks: [(Disk, String)] = []
            for disk in machine.disks where disk.kind == .image {
                let path = try await lab.fabric.imagePath(of: disk.name, machine: machine.id)
                disks.append((disk, path))
            }
            if options.json {
                var fields = MachineView(machine, protection: state).value.object ?? [:]
                fields["disks"] = .list(
                    disks.map {
                        [
                            "name": .text($0.name), "size": .integer($0.size.bytes),
                            "path": .text($1),
                        ]
                    })
                return Terminal.say(json: .object(fields))
            }
            let heading =
                "\(machine.id) on \(machine.host): \(machine.role.rawValue), "
                + "\(machine.power.rawValue), \(state?.rawValue ?? "not protected")"
            let size =
                "  processors \(machine.processors), memory \(machine.memory), epoch \(machine.epoch)"
            let cards = machine.nics.map { "  \($0.line)" }
            let images = disks.map { "  \($0.name)  \($0.size)  \($1)" }
            Terminal.say(([heading, size] + cards + images).joined(separator: "\n"))
        }
    }
}

extension NetworkCard {
    var line: String {
        let failover =
            failoverAddress.map { "; at failover \($0.words ?? "on but empty")" } ?? ""
        let own = [address, address6].compactMap(\.self).joined(separator: " and ")
        return "\(name) \(switchName ?? "no link") \(own.isEmpty ? "no address" : own)\(failover)"
    }
}
