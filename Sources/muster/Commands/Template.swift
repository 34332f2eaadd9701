// `muster template`: what machines are made of, and which of them ask to be protected (S-3). A
// machine is made from one by `fabric.deploy`; `muster run deploy-machine` does.
import ArgumentParser
import Fabric
import Model
import Orchestration
import Replication

struct TemplateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Shows and keeps the templates of the sites.",
        discussion: """
            A vm is made from one by `muster run deploy-machine --param template=NAME --param \
            name=VM`, or by `fabric.deploy` in a runbook.
            """,
        subcommands: [List.self, Add.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the templates, and what protection they ask for.")
        @OptionGroup var options: LabOptions
        @Option(help: "Of this site; of all that answer.") var site: String?

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            let all = try await TemplateDirectory(services: lab.orchestrator.services)
                .templates(at: site)
            if options.json { return Terminal.say(json: .list(all.map(\.view))) }
            let heads = [
                "TEMPLATE", "SITE", "PROCESSORS", "MEMORY", "DISKS", "SWITCHES", "PROTECTION",
            ]
            Terminal.say(
                Table(heads, all.map(\.row)).text(
                    nothing: "no templates yet: muster template add NAME --site S --disk FILE"))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a template; machines made from it stay.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The template.") var name: String
        @Option(help: "The site, when several keep such a template.") var site: String?

        func run() async throws {
            let lab = try await Composition(options)
            let template = try await TemplateDirectory(services: lab.orchestrator.services)
                .template(name, at: site)
            try await lab.fabric.removeTemplate(name, at: template.site)
            if options.json { return Terminal.say(json: template.view) }
            Terminal.say("the template \(name) of \(template.site) is removed")
        }
    }
}

extension TemplateCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a template of raw disk images.")

        @OptionGroup var options: LabOptions
        @Argument(help: "The template's name.") var name: String
        @Option(help: "The site that keeps it, where machines are made from it.") var site: String
        @Option(
            name: .customLong("disk"), parsing: .singleValue,
            help: "A raw image, or a size for an empty disk, such as 20GiB; once for each.")
        var disks: [String] = []
        @Option(
            name: .customLong("nic"), parsing: .singleValue,
            help: "A card: its switch; once for each.")
        var switches: [String] = []
        @Option(parsing: .singleValue, help: "A tag; once for each.") var tag: [String] = []
        @Option(help: "Virtual processors.") var processors = 1
        @Option(help: "Memory, such as 2GiB.") var memory = "1GiB"
        @Option(help: "Ask for protection: how much may be lost, such as 300s.") var rpo: String?
        @Option(help: "With --rpo, the site of the replicas; the add-on's.") var target: String?
        @Option(help: "With --rpo, how often changes are sent: 30s, 5m, 15m or continuous.")
        var interval: String?
        @Option(help: "With --rpo, recovery points to keep.") var points: Int?
        @Option(help: "With --rpo, when first copies begin, such as 22:00; at once.")
        var firstCopy: String?
        @Option(help: "The zone of --first-copy.") var zone = "UTC"

        func run() async throws {
            guard !disks.isEmpty else {
                throw Failure(.usage, "a template needs a disk: --disk FILE or --disk SIZE")
            }
            let lab = try await Composition(options)
            var template = MachineTemplate(
                site: site, name: try Name.checked(name, "template"), processors: processors,
                memory: try ByteCount(text: memory), switches: switches, tags: tag)
            template.recovery = try await ask(lab)
            let kept = try await lab.fabric.addTemplate(template, disks: disks.map(imported))
            if options.json { return Terminal.say(json: kept.view) }
            let sizes = kept.disks.map { "\($0.size)" }.joined(separator: ", ")
            Terminal.say("\(site) keeps the template \(name): \(sizes); \(kept.protection)")
        }

        /// What reads as a size is one: a file of such a name can be given as `./20GiB`.
        private func imported(_ text: String) -> ImportedDisk {
            (try? ByteCount(text: text)).map { .empty(size: $0) } ?? .image(path: text)
        }

        private func ask(_ lab: Composition) async throws -> RecoveryAsk? {
            guard let rpo else {
                guard target == nil, interval == nil, points == nil, firstCopy == nil else {
                    throw Failure(.usage, "a template asks for protection by --rpo; say that too")
                }
                return nil
            }
            guard points.map({ 1...Limits.recoveryPointsMax ~= $0 }) ?? true else {
                throw Failure(
                    .usage, "--points takes 1 to \(Limits.recoveryPointsMax), not \(points ?? 0)")
            }
            let quiet = firstCopy.map { RecoveryTerms.QuietHour(at: $0, zone: zone) }
            try quiet?.check(from: lab.clock.now)
            let ask = RecoveryAsk(
                rpoSeconds: Int(try Duration(text: rpo).components.seconds), target: target,
                interval: try interval.map { text throws(Failure) in
                    try ReplicationInterval(text: text)
                }, pointsKept: points, firstCopy: quiet)
            try await check(ask, lab)
            return ask
        }

        /// Where the add-on is to say the rest, the rest is looked at when a machine is made.
        private func check(_ ask: RecoveryAsk, _ lab: Composition) async throws {
            let subject = "the template '\(name)'"
            if let terms = ask.terms(under: nil) {
                try await lab.replication.checkPromise(terms, of: subject, from: site)
            }
            try ask.interval?.check(against: .seconds(ask.rpoSeconds), of: subject)
        }
    }
}

extension MachineTemplate {
    fileprivate var row: [String] {
        [
            name, site, String(processors), memory.description,
            disks.map { "\($0.size)" }.joined(separator: ", "),
            switches.joined(separator: ", "), protection,
        ]
    }

    fileprivate var protection: String {
        guard let recovery else { return "asks for no protection" }
        let target = recovery.target.map { "to \($0)" } ?? "where the add-on says"
        return "asks for protection \(target), losing \(Duration.seconds(recovery.rpoSeconds).text)"
            + " at most"
    }
}
