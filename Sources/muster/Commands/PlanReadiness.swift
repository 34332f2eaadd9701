// `muster plan readiness`: whether plans could be run now, what stands in the way, and whether they
// were tested as they are.
import ArgumentParser
import Model
import Orchestration

struct PlanReadinessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readiness",
        abstract: "Shows which plans could be run now, and what stands in the way.",
        discussion: """
            While an engine serves it looks at every plan when something changes, and every 15 \
            minutes. Shown is what it found; --now looks at once and touches nothing.
            """)
    @OptionGroup var options: LabOptions
    @Argument(help: "The plans; all of them.") var names: [String] = []
    @Flag(help: "Look now instead of showing what was found.") var now = false

    func run() async throws {
        let lab = try await Composition(options)
        let found = try await look(lab)
        if options.json { return Terminal.say(json: .list(found.map(\.view))) }
        let rows = found.map { plan in
            [
                plan.plan, plan.word, plan.kind.rawValue, plan.since.description,
                plan.rehearsal?.state.rawValue ?? "–",
                (lab.clock.now - plan.checkedAt).readable,
            ]
        }
        let table = Table(["PLAN", "READINESS", "FOR", "SINCE", "REHEARSAL", "AGE"], rows)
        Terminal.say(table.text(nothing: nothing))
        for plan in found {
            let lines = plan.findings.map { "  \($0.topic.rawValue): \($0.text)" }
            let rehearsal = plan.rehearsal.map { ["  rehearsal: \($0.words)"] } ?? []
            Terminal.say(
                "\n\(Terminal.styled(plan.plan, .bold))\n"
                    + (lines + rehearsal).joined(separator: "\n"))
        }
    }

    private func look(_ lab: Composition) async throws -> [PlanReadiness] {
        let door = lab.orchestrator
        if !now, names.isEmpty { return try await door.readiness() }
        var found: [PlanReadiness] = []
        for name in names.isEmpty ? try await door.planNames() : names {
            if now {
                found.append(try await door.readinessNow(of: name))
            } else {
                found += try await door.readiness(of: name)
            }
        }
        return found
    }

    private var nothing: String {
        now
            ? "there is no plan"
            : "nobody has looked yet: an engine does (muster serve), or say --now"
    }
}
