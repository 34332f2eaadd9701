// `muster fabric`: sites as their files in the lab's folder `fabric/` declare them: what would
// change, changing it, and what stands.
import ArgumentParser
import Fabric
import Foundation
import LuaRuntime
import Model
import Orchestration

struct FabricCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fabric", abstract: "Shows sites, and makes them what fabric/*.lua declare.",
        subcommands: [Show.self, Plan.self, Apply.self, Maintenance.self],
        defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows sites as a tree: clouds, hosts, switches, networks and pools.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The site; all when left out.") var site: String?

        func run() async throws {
            let lab = try await Composition(options)
            if let site { try await lab.fabric.site(named: site) }
            let all = try await lab.orchestrator.fabricOverview()
                .filter { site == nil || $0.site.name == site }
            if options.json { return Terminal.say(json: .list(all.map(\.value))) }
            Terminal.say(
                all.isEmpty ? "no sites yet: muster site add SITE" : TreeLine.text(all.map(\.tree)))
        }
    }

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells what `apply` would change; writes nothing.")
        @OptionGroup var options: LabOptions

        func run() async throws {
            let lab = try await Composition(options)
            let plan = try await lab.orchestrator.fabricPlan(try lab.declarations())
            if options.json { return Terminal.say(json: plan.value) }
            Terminal.say(FabricPlan.text(plan.value))
        }
    }

    struct Apply: LeadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the sites what is declared; what is in use is not taken away.")
        @OptionGroup var options: LabOptions
        @Option(help: "Why; kept with the decision.") var reason: String?

        func act(_ lead: Lead) async throws -> Value {
            try await lead.lab.orchestrator.applyFabric(
                try lead.lab.declarations(), reason: reason, by: lead.person
            ).value
        }

        func tell(_ outcome: Value) { Terminal.say(FabricPlan.text(outcome)) }
    }
}

extension FabricCommand {
    struct Maintenance: LeadCommand {
        static let configuration = CommandConfiguration(
            abstract: "Empties a host to the others of its cluster, or puts it back into service.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The host: its name, or site/name.") var host: String
        @Flag(help: "Back into service; what moved away stays there.") var leave = false
        @Option(help: "Why; kept with the decision, and told to who asks.") var reason: String?

        func act(_ lead: Lead) async throws -> Value {
            let orchestrator = lead.lab.orchestrator
            if leave {
                try await orchestrator.leaveMaintenance(host, reason: reason, by: lead.person)
                return ["host": .text(host), "maintenance": false, "moved": []]
            }
            let moves = try await orchestrator.enterMaintenance(
                host, reason: reason ?? "by \(lead.person.name)", by: lead.person)
            return [
                "host": .text(host), "maintenance": true,
                "moved": .list(
                    moves.map {
                        ["vm": .text($0.machine.id.description), "to": .text($0.host)]
                    }),
            ]
        }

        func tell(_ outcome: Value) {
            guard outcome["maintenance"]?.boolean == true else {
                return Terminal.say("\(host) is in service again")
            }
            let moves = (outcome["moved"]?.list ?? []).map { move in
                "  \(move["vm"]?.text ?? "") moved to \(move["to"]?.text ?? "")"
            }
            Terminal.say((["\(host) is in maintenance"] + moves).joined(separator: "\n"))
        }
    }
}

extension Composition {
    /// The files that declare sites; raises `run.source_missing` when there is none.
    fileprivate func declarations() throws(Failure) -> [LuaModule] {
        let path = "\(folder)/fabric"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
            .filter { $0.hasSuffix(".lua") }.sorted()
        guard !names.isEmpty else {
            throw Failure(
                .sourceMissing,
                "no site is declared: write \(path)/SITE.lua, which returns site { … }",
                context: ["folder": path])
        }
        return try names.map { name throws(Failure) in
            let file = "\(path)/\(name)"
            guard let data = FileManager.default.contents(atPath: file),
                data.count <= Limits.sourceBytesMax,
                let text = String(data: data, encoding: .utf8)
            else {
                throw Failure(
                    .libraryUnreadable,
                    "\(file) cannot be read, or is no text of UTF-8 of at most "
                        + "\(ByteCount(Limits.sourceBytesMax))",
                    context: ["file": file])
            }
            return LuaModule(name: "fabric/\(name)", text: text)
        }
    }
}

extension FabricPlan {
    /// The changes of ``value`` line by line, with the sign that says which.
    fileprivate static func text(_ value: Value) -> String {
        let lines = (value.list ?? []).flatMap { plan -> [String] in
            let changes = plan["changes"]?.list ?? []
            guard !changes.isEmpty else { return [] }
            let refusals = (plan["refusals"]?.list ?? []).compactMap(\.text)
            return [Terminal.styled(plan["site"]?.text ?? "", .bold)] + changes.map(line)
                + refusals.map { "  refused: \($0)" }
        }
        return lines.isEmpty ? "the fabric is what is declared" : lines.joined(separator: "\n")
    }

    private static func line(_ change: Value) -> String {
        let part = change["part"]?.text ?? ""
        let (was, becomes) = (change["was"]?.text ?? "", change["becomes"]?.text ?? "")
        switch change["change"]?.text {
        case "added": return "  + \(part)" + (becomes.isEmpty ? "" : ": \(becomes)")
        case "removed": return "  - \(part)"
        default: return "  ~ \(part): \(becomes.words) (was \(was.words))"
        }
    }
}

extension String {
    fileprivate var words: String { isEmpty ? "nothing said" : self }
}
