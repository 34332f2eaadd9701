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
            VMImport.self, List.self, Show.self, Start.self, Stop.self, Connect.self,
            Address.self, Write.self,
        ], defaultSubcommand: List.self)

    /// One machine of the lab, by name and perhaps by site.
    struct Chosen: ParsableArguments {
        @Argument(help: "The vm: its name, or site/name.") var name: String
        @Option(help: "The site, when not the primary's.") var site: String?

        func machine(in lab: Composition) async throws -> VirtualMachine {
            let text = site.map { "\($0)/\(name)" } ?? name
            return try await lab.orchestrator.directory.machine(named: .text(text), scope: nil)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the machines of all sites.")
        @OptionGroup var options: LabOptions

        func run() async throws {
            let lab = try Composition(options)
            let machines = try await lab.fabric.reachableMachines()
                .sorted { ($0.id.name, $0.id.site) < ($1.id.name, $1.id.site) }
            if options.json {
                let views = machines.map { MachineView($0, protection: nil).value }
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
            let lab = try Composition(options)
            let machine = try await chosen.machine(in: lab)
            let state = try await lab.replication.protection(of: machine.id.name)?.state
            var disks: [(Disk, String)] = []
            for disk in machine.disks where disk.kind == .image {
                disks.append((disk, try await lab.fabric.imagePath(of: disk.name, machine: machine.id)))
            }
            if options.json {
                var fields = MachineView(machine, protection: state).value.object ?? [:]
                fields["disks"] = .list(
                    disks.map {
                        ["name": .text($0.name), "size": .integer($0.size.bytes), "path": .text($1)]
                    })
                return Terminal.say(json: .object(fields))
            }
            Terminal.say(
                ([
                    "\(machine.id) on \(machine.host): \(machine.role.rawValue), \(machine.power.rawValue)"
                        + (state.map { ", \($0.rawValue)" } ?? ", not protected"),
                    "  \(machine.processors) processors, \(machine.memory), epoch \(machine.epoch)",
                ] + machine.nics.map { "  \($0.line)" }
                    + disks.map { "  \($0.name)  \($0.size)  \($1)" }).joined(separator: "\n"))
        }
    }

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Powers a machine on.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen

        func run() async throws {
            let lab = try Composition(options)
            try await lab.fabric.start(chosen.machine(in: lab).id)
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shuts a machine down.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen

        func run() async throws {
            let lab = try Composition(options)
            try await lab.fabric.stop(chosen.machine(in: lab).id)
        }
    }

    struct Connect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Connects a card to a switch of the machine's host.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen
        @Option(help: "The card.") var nic = "nic0"
        @Option(name: .customLong("switch"), help: "The switch; none takes the link down.")
        var switchName: String?

        func run() async throws {
            let lab = try Composition(options)
            try await lab.fabric.connect(nic, of: chosen.machine(in: lab).id, to: switchName)
        }
    }

    struct Address: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets the failover address of a card: an address, empty, or off.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen
        @Option(help: "The card.") var nic = "nic0"
        @Option(help: "The address to take at failover; \"\" is on but empty.")
        var failover: String?

        func run() async throws {
            let lab = try Composition(options)
            let address = failover.map { FailoverAddress($0.isEmpty ? nil : $0) }
            try await lab.fabric.setFailoverAddress(
                address, nic: nic, of: chosen.machine(in: lab).id)
        }
    }

    struct Write: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Plays the guest: makes a running machine's disk equal to an image file.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen
        @Option(help: "The disk.") var disk = "disk0"
        @Option(help: "The image; blocks that differ are written.") var from: String

        func run() async throws {
            let lab = try Composition(options)
            let machine = try await chosen.machine(in: lab)
            let image = try DiskImage(folder: await lab.fabric.folder(of: machine.id), disk: disk)
            let written = try image.apply(imageFile: from)
            if options.json { return Terminal.say(json: ["written": .integer(written.bytes)]) }
            Terminal.say("\(machine.id) wrote \(written) to \(disk)")
        }
    }
}

extension NetworkCard {
    var line: String {
        let failover =
            failoverAddress.map { "; at failover \($0.address ?? "on but empty")" } ?? ""
        return "\(name) \(switchName ?? "no link") \(address ?? "no address")\(failover)"
    }
}
