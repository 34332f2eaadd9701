// `muster asset`: values that runbooks use by name. No command prints a secret, and none takes one
// as an argument, where other processes and the shell's history would see it. Nobody has to lead:
// an engine reads an asset whenever it is used.
import ArgumentParser
import Model
import Orchestration

struct AssetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "asset",
        abstract: "Keeps variables, credentials, certificates and connections for runbooks.",
        subcommands: [
            List.self, Show.self, AssetSet.self, AssetRotate.self, Remove.self, AssetKey.self,
            AssetRotateKey.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the assets.")
        @OptionGroup var options: LabOptions

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            let assets = try lab.orchestrator.assets.all(for: lab.actor)
            if options.json { return Terminal.say(json: .list(assets.map(\.view))) }
            let rows = assets.map { asset in
                [
                    asset.name, asset.kind.rawValue, "\(asset.version)", asset.shown,
                    asset.scope.text, asset.changedBy, asset.changedAt.description,
                ]
            }
            Terminal.say(
                Table(["NAME", "KIND", "VERSION", "VALUE", "FOR", "BY", "CHANGED"], rows).text(
                    nothing: "nothing is kept yet: muster asset set NAME --value VALUE"))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows an asset, what it hides left out, and who used it last.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The asset.") var name: String

        func run() async throws {
            let lab = try await Composition(options, for: .tenants)
            let assets = lab.orchestrator.assets
            let asset = try assets.asset(name, for: lab.actor)
            // Others' runs may have used it too.
            let uses =
                lab.actor.tenant == nil
                ? try assets.uses(of: name, limit: 10).map { try $0.useView } : []
            if options.json {
                var view = asset.view.object ?? [:]
                view["uses"] = .list(uses)
                return Terminal.say(json: .object(view))
            }
            Terminal.say("\(name) is a \(asset.kind.rawValue), version \(asset.version)")
            Terminal.say("  \(asset.shown)")
            Terminal.say("  for \(asset.scope.text); by \(asset.changedBy), \(asset.changedAt)")
            let rows = uses.map { use in
                [
                    use.word("at"), use.word("outcome"), use.word("run"), use.word("where"),
                    use.word("primitive"), use.word("version"), use.word("by"),
                ]
            }
            Terminal.say(
                Table(["AT", "WAS", "RUN", "LINE", "PRIMITIVE", "VERSION", "BY"], rows).text(
                    nothing: "no run has used it yet"))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes an asset away.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The asset.") var name: String

        func run() async throws {
            let lab = try await Composition(options)
            try await lab.orchestrator.assets.remove(name, by: try lab.person(options))
            if options.json { return Terminal.say(json: ["name": .text(name)]) }
            Terminal.say("\(name) is no more; a run that asks for it fails")
        }
    }
}

/// `muster asset key new`.
struct AssetKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "The key file under which secrets are kept.",
        subcommands: [New.self])

    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes the key file.")
        @OptionGroup var options: LabOptions

        func run() async throws {
            let lab = try await Composition(options)
            let assets = lab.orchestrator.assets
            let key = try await assets.makeKey(by: try lab.person(options))
            if options.json {
                return Terminal.say(json: ["file": .text(assets.keyPath), "key": .text(key)])
            }
            Terminal.say(
                "\(assets.keyPath) holds the key \(key); keep a copy apart from the database")
        }
    }
}

/// `muster asset rotate-key`.
struct AssetRotateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key",
        abstract: "Makes a new key, and seals every secret anew under it.")
    @OptionGroup var options: LabOptions

    func run() async throws {
        let lab = try await Composition(options)
        let assets = lab.orchestrator.assets
        let key = try await assets.turnKey(by: try lab.person(options))
        if options.json {
            return Terminal.say(json: ["file": .text(assets.keyPath), "key": .text(key)])
        }
        Terminal.say(
            "every secret is sealed under the key \(key) of \(assets.keyPath); "
                + "the old one is needed for backups alone")
    }
}
