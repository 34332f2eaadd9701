// A run as it goes on: in a terminal a tree that is redrawn in place, elsewhere a plain line for
// each thing that happens. Fed by rings, never by polling.
import ArgumentParser
import Fabric
import Foundation
import Model
import Orchestration
import Store

final class RunView: Sendable {
    struct State {
        var lastNote: Int64 = 0
        var notes: [RunNote] = []
        var told: Set<String> = []
        var drawing = RunScreen.Drawing()
        /// The question that a typed line answers.
        var asked: Question?
        /// What became of the last one.
        var remark: String?
    }

    let lab: Composition
    private let run: RunID
    private let options: LabOptions
    /// Who sits at this terminal and may answer here; nil where there is none.
    let person: Person?
    let state = Locked(State())

    init(lab: Composition, run: RunID, options: LabOptions, person: Person?) {
        self.lab = lab
        self.run = run
        self.options = options
        self.person = person
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
                try draw(stages, questions, &state)
            } else {
                tell(try lab.store.run(run), stages, questions, &state)
            }
        }
    }

    /// The last word: how it ended, why, and what to look at next; then the exit code of that end.
    func conclude(_ run: RunRecord) throws {
        if options.json {
            Terminal.say(json: run.view)
        } else {
            let style: Terminal.Style = run.state == .completed ? .green : .red
            let next = run.state.isFinal ? "report" : "resume"
            Terminal.say("run \(run.id): " + Terminal.styled(run.state.rawValue, style))
            if let wish = run.wishLine { Terminal.say("  \(wish)") }
            if let failure = run.failure { Terminal.complain(failure) }
            Terminal.say("  muster \(next) \(run.id)")
        }
        if run.state != .completed { throw ExitCode(run.exitStatus.rawValue) }
    }

    private func draw(
        _ stages: [PlanProgress.Stage], _ questions: [Question], _ state: inout State
    ) throws {
        let now = lab.clock.now
        state.asked = person.flatMap { person in
            questions.first { $0.admits(person, at: now) }
        }
        let screen = RunScreen(
            run: try lab.store.run(run), stages: stages,
            notes: state.notes.filter { $0.level != .plan }, questions: questions,
            prompt: state.asked.map { "task \($0.id)> " }, remark: state.remark)
        state.drawing = screen.draw(over: state.drawing)
    }

    private func tell(
        _ run: RunRecord, _ stages: [PlanProgress.Stage], _ questions: [Question],
        _ state: inout State
    ) {
        if let wait = run.waitForPlace, state.told.insert("place").inserted { Terminal.say(wait) }
        for note in state.notes where note.level != .plan {
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
            for line in question.lines { Terminal.say(line) }
        }
    }
}

extension RunRecord {
    /// Why a run that was started does not begin; nil when it has.
    var waitForPlace: String? {
        guard state == .queued, let atOnce = limits.atOnce else { return nil }
        return "run \(id) waits: of \(name), \(atOnce) may run at once"
    }

    /// What a script is told of a run as it stands. A run that came to nothing because it was
    /// refused something is a refusal.
    fileprivate var exitStatus: ExitStatus {
        switch state {
        case .completed: .done
        case .failed: failure?.exitStatus == .refused ? .refused : .failed
        case .aborted, .stopped: .aborted
        case .queued, .running, .waiting, .suspended: .waiting
        }
    }
}

extension Question {
    /// The question, who may answer, until when, and the command that answers.
    var lines: [String] {
        let deadline = request.deadline.map { " · until \($0.timeOfDay) UTC" } ?? ""
        let standing = standing.isEmpty ? [] : ["    \(standing)"]
        return ["? \(request.title)", "    \(request.form.summary) · \(whoMay)\(deadline)"]
            + (request.instructions.map { ["    \($0)"] } ?? []) + standing
            + ["    muster answer \(id) ANSWER   or   muster answer \(id) --refuse"]
    }
}
