// `muster runs output`: the lines of a run's streams, from the end, in ranges, and as they come.
import ArgumentParser
import Model
import Orchestration
import Store

struct RunOutputCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "output",
        abstract: "Shows what a run said: its last 50 lines, or those that are asked for.",
        discussion: "The streams are output, progress, verbose, warning and error.")

    @OptionGroup var options: LabOptions
    @Argument(help: "The run.") var run: Int64
    @Option(help: "Which streams, with commas between; all.") var stream: String?
    @Option(help: "How many of the last lines.") var last: Int?
    @Option(help: "The number of the first line.") var from: Int64?
    @Option(help: "The number of the last line.") var to: Int64?
    @Flag(help: "Stay, and show each line that is written, until the run has ended.")
    var follow = false

    private static let linesMax = 100_000
    private static let linesUsual = 50

    func run() async throws {
        let lab = try await Composition(options, for: .tenants)
        let (id, end) = (RunID(run), from == nil && to == nil ? Self.linesUsual : nil)
        guard !follow || to == nil else { throw Failure(.usage, "--follow knows no --to") }
        var query = try OutputQuery(
            streams: stream, from: from, to: to, last: last ?? end, limit: Self.linesMax)
        // Listening begins before the first look: what is written in between is heard.
        let notices = follow ? try lab.notifier.listen() : nil
        if options.json, !follow {
            let view = try lab.orchestrator.outputView(of: id, query, for: lab.actor)
            return Terminal.say(json: view)
        }
        let lines = try lab.orchestrator.output(of: id, query, for: lab.actor)
        guard let notices else { return show(lines) }
        lines.forEach(show)
        var next = (lines.last?.number ?? query.range.lowerBound - 1) + 1
        (query.limit, query.isFromEnd) = (Self.linesMax, false)
        if try lab.store.run(id).state.isFinal { return }
        for await notice in notices where notice.run == id || notice == .missed {
            let hasEnded = try lab.store.run(id).state.isFinal
            query.range = next...(.max)
            for line in try lab.orchestrator.output(of: id, query, for: lab.actor) {
                show(line)
                next = line.number + 1
            }
            if hasEnded { return }
        }
    }

    private func show(_ lines: [NumberedNote]) {
        if lines.isEmpty { return Terminal.say("run \(run) has written no such line") }
        lines.forEach(show)
    }

    private func show(_ line: NumberedNote) {
        if options.json { return Terminal.say(json: line.view) }
        let level = line.note.level.rawValue
        let space = String(repeating: " ", count: max(1, 9 - level.count))
        Terminal.say(
            "\(line.number)  \(line.note.at.timeOfDay)  "
                + Terminal.styled(level, line.note.level.style) + space + line.note.text)
    }
}

extension RunNote.Level {
    fileprivate var style: Terminal.Style {
        switch self {
        case .error: .red
        case .warning: .yellow
        case .output: .bold
        case .progress, .verbose, .plan: .dim
        }
    }
}
