// `muster library`: runbooks, plans and modules as versions, in the store that every engine reads.
import ArgumentParser
import Foundation
import Model
import Orchestration

struct LibraryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "library",
        abstract: "Keeps runbooks and plans as versions: drafts, what is in force, what was.",
        discussion: """
            What is published counts; what is not published is read from the lab's folder \
            runbooks/; what is not there either is the program's own.
            """,
        subcommands: [
            List.self, LibraryImport.self, LibraryExport.self, Publish.self, RollBack.self,
            History.self, Difference.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the names with their versions in force and in draft.")
        @OptionGroup var options: LabOptions

        func run() async throws {
            let entries = try await Composition(options).orchestrator.libraryEntries()
            if options.json { return Terminal.say(json: .list(entries.map(\.view))) }
            let rows = entries.map { entry in
                [entry.name, entry.view.word("published"), entry.view.word("draft")]
            }
            Terminal.say(
                Table(["NAME", "PUBLISHED", "DRAFT"], rows).text(
                    nothing: "nothing was imported: runbooks are read from the lab's folder"))
        }
    }

    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Puts drafts in force.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The names.") var names: [String] = []
        @Flag(help: "Every name that has a draft.") var all = false
        @Option(help: "Why; kept in the history.") var reason: String?

        func run() async throws {
            guard all == names.isEmpty else {
                throw Failure(.usage, "say the names to publish, or --all")
            }
            let lab = try await Composition(options)
            let published = try await lab.orchestrator.publish(
                names, reason: reason, by: try lab.person(options))
            if options.json { return Terminal.say(json: .list(published.map(\.view))) }
            for one in published { Terminal.say("\(one.name) is version \(one.version) now") }
            if published.isEmpty { Terminal.say("there is no draft to publish") }
        }
    }

    struct RollBack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rollback", abstract: "Puts an earlier version in force again.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The name.") var name: String
        @Option(help: "The version; the one that was in force before.") var to: Int?
        @Option(help: "Why; kept in the history.") var reason: String?

        func run() async throws {
            let lab = try await Composition(options)
            let published = try await lab.orchestrator.rollBack(
                name, to: to, reason: reason, by: try lab.person(options))
            if options.json { return Terminal.say(json: published.view) }
            Terminal.say("\(name) is version \(published.version) again")
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the versions of a name, and when each was in force.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The name.") var name: String

        func run() async throws {
            let (versions, publications) = try await Composition(options).orchestrator
                .history(of: name)
            if options.json {
                return Terminal.say(json: [
                    "versions": .list(versions.map(\.view)),
                    "publications": .list(publications.map(\.view)),
                ])
            }
            let rows = versions.map { version in
                [
                    "\(version.number)", version.digest.short, version.by,
                    version.at.description, version.scope ?? "",
                ]
            }
            Terminal.say(
                Table(["VERSION", "DIGEST", "BY", "IMPORTED", "FOR"], rows).text(nothing: ""))
            for one in publications {
                let act = one.isRollback ? "rolled back to" : "published"
                let why = one.reason.map { ": \($0)" } ?? ""
                Terminal.say("\(one.at) \(act) \(one.version) by \(one.by)\(why)")
            }
        }
    }

    struct Difference: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "diff", abstract: "Shows the lines by which two versions differ.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The name.") var name: String
        @Argument(help: "A version; what is in force.") var from: Int?
        @Argument(help: "Another; the draft.") var to: Int?

        func run() async throws {
            let found = try await Composition(options).orchestrator
                .difference(of: name, from: from, to: to)
            if options.json {
                return Terminal.say(json: [
                    "from": .integer(Int64(found.from)), "to": .integer(Int64(found.to)),
                    "lines": .list(found.lines.map { .text($0) }),
                ])
            }
            Terminal.say("\(name): version \(found.from) → version \(found.to)")
            for line in found.lines { Terminal.say(line) }
            if found.lines.isEmpty { Terminal.say("the two are equal") }
        }
    }
}
