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
        let lab = try Composition(options)
        guard let id = try run.map(RunID.init) ?? lab.store.runs(limit: 1).first?.id else {
            throw Failure(.unknownName, "there is no run yet")
        }
        let notices = try lab.notifier.listen()
        let view = RunView(lab: lab, run: id, options: options)
        try view.refresh()
        let now = try lab.store.run(id)
        if now.state.isFinal { return try view.conclude(now) }
        for await notice in notices where notice.run == id || notice == .missed {
            try view.refresh()
            let run = try lab.store.run(id)
            if run.state.isFinal { return try view.conclude(run) }
        }
    }
}
