// `muster replay`: a run again from its journal, step by step, performing and writing nothing; and
// where the text of today would part from it.
import ArgumentParser
import LuaRuntime
import Model
import Orchestration
import Store

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Goes through a run again, call by call, performing nothing.",
        discussion: """
            Each call is shown with its line, its arguments and what came of it; with --to, the \
            variables of the script when it made that call. --check says where the file as it is \
            now would do something else than the run has done.
            """)

    @OptionGroup var options: LabOptions
    @Argument(help: "The run.") var run: Int64
    @Option(help: "The number of the last call; its variables are shown.") var to: Int?
    @Flag(help: "Call by call with the variables; on at Enter.") var step = false
    @Option(help: "A plan or runbook of the library, to be held against the run.")
    var check: String?

    func run() async throws {
        guard check == nil || to == nil && !step else {
            throw Failure(.usage, "--check goes through the whole run: say no --to and no --step")
        }
        guard !step || Terminal.isInteractive && !options.json else {
            throw Failure(.usage, "--step needs a terminal: say --to N for one call")
        }
        let lab = try await Composition(options)
        if let check { return try await tell(check, lab) }
        if step { return try await walk(lab) }
        let replay = try await lab.orchestrator.replay(RunID(run), to: to)
        if options.json { return Terminal.say(json: replay.value) }
        show(replay.steps)
        if to != nil { show(replay.frames) }
        if replay.steps.isEmpty { Terminal.say("run \(run) has made no call") }
    }

    private func tell(_ file: String, _ lab: Composition) async throws {
        let calls = try await lab.orchestrator.check(file, against: RunID(run))
        if options.json {
            return Terminal.say(json: ["run": .integer(run), "same": .integer(Int64(calls))])
        }
        Terminal.say("\(file) asks for the same \(calls) calls as run \(run) has made")
    }

    private func walk(_ lab: Composition) async throws {
        let count = try await lab.orchestrator.replay(RunID(run)).steps.count
        for number in stride(from: to ?? 1, through: count, by: 1) {
            let replay = try await lab.orchestrator.replay(RunID(run), to: number)
            show(Array(replay.steps.suffix(1)))
            show(replay.frames)
            guard number < count, readLine() != nil else { return }
        }
    }

    private func show(_ steps: [Replay.Step]) {
        for step in steps {
            let act = step.act
            let branch = act.place.branch == .main ? "" : "  [\(act.place.branch)]"
            let place = step.position.map { "  \($0)" } ?? ""
            Terminal.say(
                Terminal.styled("\(step.number)", .bold) + "  \(act.begunAt.timeOfDay)  "
                    + "\(act.primitive)\(act.arguments.shortened)\(place)\(branch)")
            Terminal.say("    \(step.outcome)")
        }
    }

    private func show(_ frames: [LuaFrame]) {
        for frame in frames {
            let function = frame.function.map { " in \($0)" } ?? ""
            Terminal.say(Terminal.styled("  \(frame.position)\(function)", .dim))
            for variable in frame.variables {
                Terminal.say(
                    "    \(variable.name) = \(variable.text)"
                        + (variable.isUpvalue ? "   (from outside)" : ""))
            }
        }
    }
}
