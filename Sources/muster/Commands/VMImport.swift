// `muster vm import`: anybody's raw images become a machine.
import ArgumentParser
import Fabric
import Model
import Orchestration
import Store

struct VMImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Makes a machine of raw disk images.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The machine's name.") var name: String
    @Option(help: "The site.") var site: String
    @Option(help: "The host; the site's first.") var host: String?
    @Option(name: .customLong("disk"), parsing: .singleValue, help: "A raw image; once for each.")
    var disks: [String] = []
    @Option(parsing: .singleValue, help: "A card: SWITCH or SWITCH=ADDRESS; once for each.")
    var nic: [String] = []
    @Option(parsing: .singleValue, help: "A tag; once for each.") var tag: [String] = []
    @Option(help: "The subscription whose machine it is.") var subscription: String?
    @Option(help: "Virtual processors.") var processors = 1
    @Option(help: "Memory, such as 2GiB.") var memory = "1GiB"

    func run() async throws {
        guard !disks.isEmpty else {
            throw Failure(.usage, "a machine needs a disk: --disk FILE, once for each")
        }
        let lab = try await Composition(options)
        let id = MachineID(site: site, name: try Name.checked(name, "vm"))
        let machine = VirtualMachine(
            id: id, host: try await chosenHost(lab), processors: processors,
            memory: try ByteCount(text: memory), nics: nic.enumerated().map(card), tags: tag,
            subscription: subscription)
        let made = try await lab.fabric.importMachine(
            machine, disks: disks.map { .image(path: $0) })
        lab.notifier.notify(Notice(.machinesChanged))
        if options.json {
            return Terminal.say(json: ["name": .text(name), "site": .text(site)])
        }
        let sizes = made.disks.map { "\($0.size)" }.joined(separator: ", ")
        Terminal.say("\(id) on \(made.host): \(sizes)")
    }

    private func chosenHost(_ lab: Composition) async throws -> String {
        if let host { return host }
        guard let host = try await lab.fabric.site(named: site).hosts.first else {
            throw Failure(
                .unknownName, "the site \(site) has no host: muster site host \(site) NAME")
        }
        return host.name
    }

    private func card(_ index: Int, _ text: String) -> NetworkCard {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        return NetworkCard(
            of: name, index, switchName: parts.first, address: parts.count > 1 ? parts[1] : nil)
    }
}
