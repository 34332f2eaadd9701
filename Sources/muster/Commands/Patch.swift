// `muster patch`: another text for a run that has not ended.
import ArgumentParser
import Model
import Orchestration
import Store

struct PatchCommand: LeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "patch",
        abstract: "Gives an unfinished run the library's present text.",
        discussion: """
            A run keeps the text it was started with, whatever is edited later. This replaces it, \
            if the new text asks for exactly the calls that the run has made; else the first step \
            that differs is named and nothing changes. The run must not be running meanwhile.
            """)

    @OptionGroup var options: LabOptions
    @Argument(help: "The run.") var run: Int64
    @Option(help: "Why; kept in the report.") var reason: String?

    func act(_ lead: Lead) async throws -> Value {
        let patch = try await lead.lab.orchestrator.patch(
            RunID(run), by: lead.person, reason: reason, leftRunning: !lead.isServing,
            under: lead.token)
        let changed = patch.after.filter { !patch.before.contains($0) }
        return [
            "run": .integer(run), "changed": .list(changed.map { .text($0.module) }),
            "sources": .list(
                patch.after.map { ["module": .text($0.module), "digest": .text("\($0.digest)")] }),
        ]
    }

    func tell(_ outcome: Value) {
        let changed = outcome["changed"]?.list?.compactMap(\.text) ?? []
        Terminal.say(
            changed.isEmpty
                ? "run \(run): no text differs"
                : "run \(run) has a new text of \(changed.joined(separator: ", "))")
    }
}
