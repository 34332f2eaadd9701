// `muster plan`: a plan looked at before it is run.
import ArgumentParser
import Model
import Orchestration

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Checks and shows recovery plans and runbooks.",
        subcommands: [Check.self, Show.self, Document.self, PlanReadinessCommand.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Loads plans and runbooks and tells what is wrong with them.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The plans and runbooks; all of the library when left out.")
        var names: [String] = []

        func run() async throws {
            let lab = try await Composition(options)
            var faults: [(String, Failure)] = []
            let chosen = names.isEmpty ? lab.orchestrator.library.names : names
            for name in chosen {
                do {
                    _ = try await lab.orchestrator.inspect(name)
                } catch let failure as Failure {
                    faults.append((name, failure))
                }
            }
            report(faults, of: chosen.count)
            if !faults.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
        }

        private func report(_ faults: [(String, Failure)], of count: Int) {
            if options.json {
                let list = faults.map { name, failure -> Value in
                    ["name": .text(name), "failure": failure.value]
                }
                return Terminal.say(json: .list(list))
            }
            for (_, failure) in faults { Terminal.say("\(failure)") }
            Terminal.say("\(count) checked, \(faults.count) at fault")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a plan as the tree of what would happen.",
            discussion: "With --svg it is a drawing for the wiki, which loads nothing.")
        @OptionGroup var options: LabOptions
        @Argument(help: "The plan.") var name: String
        @Option(help: "test, planned, unplanned or failback.") var kind = FailoverKind.planned
        @Option(help: "Draw it into this file, with what waits for what.") var svg: String?

        func run() async throws {
            let lab = try await Composition(options)
            guard case .plan(let plan) = try await lab.orchestrator.inspect(name) else {
                throw Failure(.usage, "'\(name)' is a runbook, not a plan")
            }
            let itinerary = try Itinerary(
                plan: plan, kind: kind, direction: Direction(of: kind))
            if let svg {
                try PlanDrawing(plan, itinerary, as: kind).drawing.write(to: svg)
                return Terminal.say("The drawing of \(name) is in \(svg)")
            }
            if options.json {
                return Terminal.say(json: .list(itinerary.stages.map(view)))
            }
            Terminal.say(
                "\(plan.summary) · \(kind.rawValue), \(plan.source) → \(plan.target)\n"
                    + PlanTree(itinerary).text)
        }

        private func view(_ stage: Itinerary.Stage) -> Value {
            let tasks = stage.tasks.map { task -> Value in
                [
                    "id": .text(task.id), "title": .text(task.title),
                    "needs": .list(task.needs.map { .text($0) }),
                    "on_error": .text(task.policy.onError.rawValue),
                    "undo": .boolean(task.undo != nil),
                    "overrides": task.overrides?.value ?? .null,
                ]
            }
            return ["id": .text(stage.id), "title": .text(stage.title), "tasks": .list(tasks)]
        }
    }
}

extension PlanCommand {
    struct Document: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "document",
            abstract: "Writes a plan out in plain words, for somebody who has never seen it.",
            discussion: """
                As Markdown; with --html it is one file for a browser, which loads nothing. Always \
                made from the source and the fabric as it stands.
                """)
        @OptionGroup var options: LabOptions
        @Argument(help: "The plan.") var name: String
        @Option(help: "Write it to this file, as a page.") var html: String?

        func run() async throws {
            let lab = try await Composition(options)
            let document = try await lab.orchestrator.document(of: name)
            if let html {
                try document.page.write(to: html)
                return Terminal.say("The document of \(name) is in \(html)")
            }
            if options.json {
                return Terminal.say(json: ["markdown": .text(document.markdown)])
            }
            Terminal.say(document.markdown)
        }
    }
}

extension FailoverKind: ExpressibleByArgument {}
extension Direction: ExpressibleByArgument {}
extension RunPriority: ExpressibleByArgument {}
