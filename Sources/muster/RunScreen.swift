// A run in a terminal: what is done, what goes on, what comes, and the open question at the bottom,
// where the eye is. Drawn over the last drawing in one write, each line cut to the terminal's width
// and the whole to its height: what is over and what is far off is folded first.
import Foundation
import Model
import Orchestration
import Store

struct RunScreen {
    let run: RunRecord
    let stages: [PlanProgress.Stage]
    let notes: [RunNote]
    let questions: [Question]

    private typealias Line = (text: String, style: Terminal.Style?)
    private static let notesShown = 5

    /// Draws over the `count` lines drawn before, and returns how many there are now.
    func draw(over count: Int) -> Int {
        let size = Terminal.size
        let shown = fitted(rows: size.rows - 2).map { line in
            let text =
                line.text.count > size.columns
                ? line.text.prefix(size.columns - 1) + "…" : line.text
            return (line.style.map { Terminal.styled(text, $0) } ?? text) + "\u{1B}[K\n"
        }
        // Between the two marks a terminal that knows them shows nothing half drawn.
        let up = count > 0 ? "\u{1B}[\(count)A" : ""
        let picture = "\u{1B}[?2026h" + up + shown.joined() + "\u{1B}[J\u{1B}[?2026l"
        FileHandle.standardOutput.write(Data(picture.utf8))
        return shown.count
    }

    private func fitted(rows: Int) -> [Line] {
        let bottom =
            notes.suffix(Self.notesShown).map { note -> Line in
                ("  \(note.level.rawValue): \(note.text)", .dim)
            } + [run.waitForPlace].compactMap { $0 }.map { ($0, .yellow) }
            + questions.flatMap(\.lines).map { ($0, .yellow) }
        let room = max(1, rows - bottom.count)
        let whole = [heading] + stages.flatMap(unfolded)
        if whole.count <= room { return whole + bottom }
        let folded = [heading] + stages.flatMap { isUnderWay($0) ? unfolded($0) : [fold($0)] }
        if folded.count <= room { return folded + bottom }
        return [heading] + folded.dropFirst().suffix(room - 1) + bottom
    }

    private var heading: Line {
        let tasks = stages.flatMap(\.tasks)
        let ended = tasks.count { $0.endedAt != nil }
        let act = run.failover.map { " · \($0.rawValue)" } ?? ""
        let count = tasks.isEmpty ? "" : " · \(ended) of \(tasks.count)"
        return ("run \(run.id) · \(run.name)\(act)\(count)", .bold)
    }

    private func unfolded(_ stage: PlanProgress.Stage) -> [Line] {
        [(stage.title, .bold)]
            + stage.tasks.map { task in
                switch task.state {
                case .failed, .forgiven: ("  \(task.line)", .red)
                case .notBegun: ("  \(task.line)", .dim)
                case .done, .skipped, .running: ("  \(task.line)", nil)
                }
            }
    }

    private func fold(_ stage: PlanProgress.Stage) -> Line {
        stage.tasks[0].endedAt == nil
            ? ("· \(stage.title)", .dim) : ("✔ \(stage.title)  \(stage.tasks.count) done", nil)
    }

    /// Something of it runs, failed, or is over while the rest is not.
    private func isUnderWay(_ stage: PlanProgress.Stage) -> Bool {
        let states = Set(stage.tasks.map(\.state))
        return states != [.notBegun] && !states.isSubset(of: [.done, .skipped])
    }
}
