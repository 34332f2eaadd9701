// `muster vm start`, `stop`, `move`, `connect`, `address` and `write`: what is done to one machine.
// Each says how the machine stands afterwards.
import ArgumentParser
import Fabric
import Model
import Orchestration
import Replication

extension VMCommand {
    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Powers a machine on.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            let id = try await chosen.machine(in: lab).id
            try await lab.fabric.start(id)
            try await lab.tell("\(id) is running", id, options)
        }
    }

    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shuts a machine down.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            let id = try await chosen.machine(in: lab).id
            try await lab.fabric.stop(id)
            try await lab.tell("\(id) is off", id, options)
        }
    }

    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Moves a machine to another host of its site; it runs on.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen
        @Option(help: "The host.") var to: String

        func run() async throws {
            let lab = try await Composition(options)
            let id = try await chosen.machine(in: lab).id
            try await lab.fabric.move(id, to: to)
            try await lab.tell("\(id) is on the host \(to)", id, options)
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
            let lab = try await Composition(options)
            let id = try await chosen.machine(in: lab).id
            try await lab.fabric.connect(nic, of: id, to: switchName)
            let link = switchName.map { "is on the switch '\($0)'" } ?? "has no link"
            try await lab.tell("\(nic) of \(id) \(link)", id, options)
        }
    }

    struct Address: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets the failover address of a card: an address, empty, or off.")
        @OptionGroup var options: LabOptions
        @OptionGroup var chosen: Chosen
        @Option(help: "The card.") var nic = "nic0"
        @Option(help: "An address to take at failover; \"\" is on but empty; off when left out.")
        var failover: [String] = []

        func run() async throws {
            let lab = try await Composition(options)
            let id = try await chosen.machine(in: lab).id
            let given = try failover.filter { !$0.isEmpty }
                .map { text throws(Failure) in try Model.Address(text: text) }
            let address = failover.isEmpty ? nil : FailoverAddress(given)
            try await lab.fabric.setFailoverAddress(address, nic: nic, of: id)
            let change =
                address.map { "takes \($0.words ?? "no address")" } ?? "keeps its address"
            try await lab.tell("\(nic) of \(id) \(change) at failover", id, options)
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
            let lab = try await Composition(options)
            let machine = try await chosen.machine(in: lab)
            let image = try DiskImage(folder: await lab.fabric.folder(of: machine.id), disk: disk)
            let written = try image.apply(imageFile: from)
            if options.json { return Terminal.say(json: ["written": .integer(written.bytes)]) }
            Terminal.say("\(machine.id) wrote \(written) to \(disk)")
        }
    }
}
