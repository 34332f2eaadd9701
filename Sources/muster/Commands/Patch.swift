// `muster patch`: another text for a run that has not ended.
import ArgumentParser
import Model
import Orchestration
import Store

struct PatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patch",
        abstract: "Gives an unfinished run the library's present text.",
        discussion: """
            A run keeps the text it was started with, whatever is edited later. This replaces it, \
            if the new text asks for exactly the calls that the run has made; else the first step \
            that differs is named and nothing changes. Nobody may lead the run meanwhile; go on \
            with `muster resume`.
            """)

    @OptionGroup var options: LabOptions
    @Argument(help: "The run.") var run: Int64
    @Option(help: "Why; kept in the report.") var reason: String?

    func run() async throws {
        let lab = try Composition(options)
        let id = RunID(run)
        let person = try await lab.person(options)
        let patch = try await lab.leading { token in
            try await lab.orchestrator.patch(id, by: person, reason: reason, under: token)
        }
        if options.json { return Terminal.say(json: try lab.store.run(id).view) }
        let changed = patch.after.filter { !patch.before.contains($0) }.map(\.module)
        Terminal.say(
            changed.isEmpty
                ? "run \(id): no text differs"
                : "run \(id) has a new text of \(changed.joined(separator: ", "))")
        Terminal.say("  muster resume \(id)")
    }
}
