// `muster watch`: a run led by another process, as it goes on.
import ArgumentParser
import Model
import Orchestration
import Store

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Shows a run as it goes on, until it ends.",
        discussion: "The exit code is the run's own.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The run; the newest.") var run: Int64?

    func run() async throws {
        let lab = try await Composition(options, for: .tenants)
        let newest = try lab.orchestrator.runs(for: lab.actor, limit: 1).first?.id
        guard let id = run.map(RunID.init) ?? newest else {
            throw Failure(.unknownName, "there is no run yet")
        }
        _ = try lab.orchestrator.run(id, for: lab.actor)
        try await RunLeading(lab: lab, options: options, noWait: false).watch(id)
    }
}
