// A run as it goes on: in a terminal a tree that is redrawn in place, elsewhere a plain line for each
// thing that happens. Fed by rings, never by polling.
import Fabric
import Foundation
import Model
import Orchestration
import Store

final class RunView: Sendable {
    private struct State {
        var lastNote: Int64 = 0
        var notes: [RunNote] = []
        var told: Set<String> = []
        var linesDrawn = 0
    }

    private let lab: Composition
    private let run: RunID
    private let options: LabOptions
    private let state = Locked(State())

    init(lab: Composition, run: RunID, options: LabOptions) {
        self.lab = lab
        self.run = run
        self.options = options
    }

    /// Looks at what is new and shows it. With `--json` nothing is shown before the end.
    func refresh() throws {
        if options.json { return }
        try state.withLock { state in
            let news = try lab.store.notes(of: run, after: state.lastNote, limit: 10_000)
            state.lastNote = news.last?.number ?? state.lastNote
            state.notes += news.map(\.note)
            let stages = PlanProgress.stages(from: state.notes)
            let questions = try lab.store.questions(of: run).filter { $0.state == .open }
            if Terminal.isLive {
                draw(stages, questions, &state)
            } else {
                tell(stages, questions, &state)
            }
        }
    }

    /// The last word: how it ended, and why.
    func conclude(_ run: RunRecord) {
        if options.json { return Terminal.say(json: run.view) }
        let style: Terminal.Style = run.state == .completed ? .green : .red
        Terminal.say("run \(run.id): " + Terminal.styled(run.state.rawValue, style))
        if let failure = run.failure { Terminal.complain(failure) }
        switch run.state {
        case .completed, .failed, .aborted: Terminal.say("  muster report \(run.id)")
        case .queued, .running, .waiting, .suspended: Terminal.say("  muster resume \(run.id)")
        }
    }

    private func draw(
        _ stages: [PlanProgress.Stage], _ questions: [Question], _ state: inout State
    ) {
        var lines = stages.flatMap { stage in
            [Terminal.styled(stage.title, .bold)] + stage.tasks.map { "  " + $0.line }
        }
        lines += state.notes.filter { !PlanProgress.isProgress($0) }.suffix(5).map {
            Terminal.styled("  \($0.level.rawValue): \($0.text)", .dim)
        }
        lines += questions.flatMap(asked).map { Terminal.styled($0, .yellow) }
        let up = state.linesDrawn > 0 ? "\u{1B}[\(state.linesDrawn)A\u{1B}[J" : ""
        state.linesDrawn = lines.count
        guard !lines.isEmpty else { return }
        FileHandle.standardOutput.write(Data((up + lines.joined(separator: "\n") + "\n").utf8))
    }

    private func tell(
        _ stages: [PlanProgress.Stage], _ questions: [Question], _ state: inout State
    ) {
        for note in state.notes where !PlanProgress.isProgress(note) {
            if state.told.insert("note \(note.branch) \(note.ordinal)").inserted {
                Terminal.say("    \(note.text)")
            }
        }
        for stage in stages {
            for task in stage.tasks where task.endedAt != nil {
                if state.told.insert("task \(task.id)").inserted {
                    Terminal.say("\(stage.title): \(task.line)")
                }
            }
        }
        for question in questions where state.told.insert("question \(question.id)").inserted {
            for line in asked(question) { Terminal.say(line) }
        }
    }

    /// The question, who may answer, until when, and the command that answers.
    private func asked(_ question: Question) -> [String] {
        let request = question.request
        let deadline = request.deadline.map { " until \($0.timeOfDay) UTC" } ?? ""
        return [
            "? \(request.title)  [\(request.form.summary); \(request.who.text ?? "anybody")\(deadline)]"
        ] + (request.instructions.map { ["    \($0)"] } ?? [])
            + ["    muster answer \(question.id) …   or   muster answer \(question.id) --refuse"]
    }
}
