// `muster runs` and `report`: what has been run, and what came of it.
import ArgumentParser
import Foundation
import Model
import Orchestration
import Store

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Lists the runs, newest first; and what one of them said.",
        subcommands: [RunListCommand.self, RunOutputCommand.self],
        defaultSubcommand: RunListCommand.self)
}

struct RunListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the runs, newest first.")

    @OptionGroup var options: LabOptions
    @Option(help: "How many.") var limit = 20
    @Flag(help: "Only those that have not ended.") var unfinished = false

    func run() async throws {
        guard (1...1000).contains(limit) else {
            throw Failure(.usage, "--limit takes 1 to 1000, not \(limit)")
        }
        let lab = try await Composition(options, for: .tenants)
        let runs = try lab.orchestrator.runs(
            for: lab.actor, in: unfinished ? RunState.unfinished : nil, limit: limit)
        if options.json { return Terminal.say(json: .list(runs.map(\.view))) }
        let rows = runs.map { run in
            [
                "\(run.id)", run.name, run.planWord ?? "runbook",
                run.wishLine ?? run.state.rawValue, run.above, run.startedBy,
                run.createdAt.description,
                run.endedAt.map { ($0 - run.createdAt).readable } ?? "",
            ]
        }
        Terminal.say(
            Table(["RUN", "NAME", "KIND", "STATE", "OF", "BY", "CREATED", "TOOK"], rows).text(
                nothing: "nothing has been run yet"))
    }
}

extension RunRecord {
    /// The run it belongs to: `4` for a child of it, `after 4` when it goes on from it.
    fileprivate var above: String {
        if let continuation { return "after \(continuation.predecessor)" }
        return parent.map { "\($0.place.run)" } ?? ""
    }
}

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Tells what a run did, who decided, and what stands.",
        discussion: "With --html it is one file for a browser, which loads nothing.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The run.") var run: Int64
    @Option(help: "Write it to this file, as a page with a time line.") var html: String?

    func run() async throws {
        let lab = try await Composition(options, for: .tenants)
        var report = try lab.orchestrator.report(RunID(run), for: lab.actor)
        if !report.run.state.isFinal {
            report.latecomers = try await lab.orchestrator.latecomers(of: report.run.id)
        }
        if options.json { return Terminal.say(json: report.value) }
        guard let html else { return Terminal.say(report.text) }
        try report.page.write(to: html)
        Terminal.say("The report of run \(run) is in \(html)")
    }
}
