// `muster site`: what sites are made of, and the lab's ways of losing them.
import ArgumentParser
import Fabric
import Model

struct SiteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site", abstract: "Shows and changes sites.",
        subcommands: [
            Show.self, Add.self, HostCommand.self, SwitchCommand.self, Cut.self, Lose.self,
            Heal.self,
        ], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows sites, hosts, switches.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The site; all when left out.") var site: String?

        func run() async throws {
            let fabric = try await Composition(options).fabric
            let lost = try await fabric.unreachableSites()
            let sites =
                if let site {
                    [try await fabric.site(named: site)]
                } else {
                    try await fabric.sites()
                }
            if options.json { return Terminal.say(json: .list(sites.map { $0.view(lost) })) }
            let rows = sites.flatMap { site in
                site.hosts.map { host in
                    [
                        site.name, lost.contains(site.name) ? "cut off" : "answers", host.name,
                        host.switches.map { "\($0.name) (\($0.network))" }.joined(separator: ", "),
                    ]
                }
            }
            Terminal.say(
                Table(["SITE", "STATE", "HOST", "SWITCHES"], rows).text(
                    nothing: "no hosts yet: muster site host SITE HOST"))
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a site.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The site.") var site: String

        func run() async throws {
            let lab = try await Composition(options)
            try await lab.fabric.createSite(Name.checked(site, "site"))
            try await lab.tell("the site \(site) is there; it has no host yet", site, options)
        }
    }

    struct HostCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "host", abstract: "Adds a host to a site, or says what it can hold.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The site.") var site: String
        @Argument(help: "The host's name.") var host: String
        @Option(help: "What its machines may have together, such as 64GiB; no bound.")
        var memory: String?

        func run() async throws {
            let lab = try await Composition(options)
            let memory = try memory.map { text throws(Failure) in try ByteCount(text: text) }
            try await lab.fabric.addHost(Name.checked(host, "host"), at: site)
            if let memory { try await lab.fabric.setMemory(memory, host: host, at: site) }
            try await lab.tell("\(site) has the host \(host)", site, options)
        }
    }

    struct SwitchCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "switch", abstract: "Adds a switch to the hosts of a site, or removes it.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The site.") var site: String
        @Argument(help: "The switch's name.") var name: String
        @Option(help: "One host only.") var host: String?
        @Option(help: "The network it belongs to; its own name.") var network: String?
        @Flag(help: "The network reaches nothing outside: for test failovers.") var isolated = false
        @Flag(help: "Remove the switch.") var remove = false

        func run() async throws {
            let lab = try await Composition(options)
            let place = host.map { "the host \($0) of \(site)" } ?? "every host of \(site)"
            if remove {
                try await lab.fabric.removeSwitch(name, host: host, at: site)
                return try await lab.tell("\(place) is without the switch \(name)", site, options)
            }
            try await add(to: lab)
            try await lab.tell("\(place) has the switch \(name)", site, options)
        }

        private func add(to lab: Composition) async throws {
            let network = Network(name: network ?? name, isIsolated: isolated)
            try await lab.fabric.addNetwork(network, at: site)
            try await lab.fabric.addSwitch(
                Switch(name: Name.checked(name, "switch"), network: network.name), host: host,
                at: site)
        }
    }

    struct Cut: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cuts a site off; its machines go on running.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The site.") var site: String

        func run() async throws {
            let lab = try await Composition(options)
            try await lab.fabric.cut(site)
            try await lab.tell("\(site) is cut off; its machines go on running", site, options)
        }
    }

    struct Lose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Loses a site: cut off, and its machines die.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The site.") var site: String

        func run() async throws {
            let lab = try await Composition(options)
            try await lab.fabric.lose(site)
            try await lab.tell("\(site) is lost: cut off, and its machines are dead", site, options)
        }
    }

    struct Heal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Joins a site again; starts nothing.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The site.") var site: String

        func run() async throws {
            let lab = try await Composition(options)
            try await lab.fabric.heal(site)
            try await lab.tell("\(site) answers again; nothing was started", site, options)
        }
    }
}

extension Site {
    /// The site as a program sees it; `lost` are the sites that do not answer.
    func view(_ lost: [String]) -> Value {
        let hosts = hosts.map { host -> Value in
            let switches = host.switches.map { item -> Value in
                ["name": .text(item.name), "network": .text(item.network)]
            }
            return [
                "name": .text(host.name), "switches": .list(switches),
                "memory": host.memory.map { .integer($0.bytes) } ?? .null,
            ]
        }
        return [
            "name": .text(name), "answers": .boolean(!lost.contains(name)), "hosts": .list(hosts),
        ]
    }
}
