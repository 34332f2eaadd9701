// A run in a terminal: what is done, what goes on, what comes, and the open question at the bottom,
// where the eye is, with a prompt below it for whoever may answer. Drawn over the last drawing in
// one write, each line cut to the terminal's width and the whole to its height: what is over and
// what is far off is folded first. What is being typed at the prompt is left alone; where it cannot
// be, it is forgotten, so that nothing counts that is not seen.
import Foundation
import Model
import Orchestration
import Store

struct RunScreen {
    let run: RunRecord
    let stages: [PlanProgress.Stage]
    let notes: [RunNote]
    let questions: [Question]
    /// What stands before what is typed; nil where nobody may answer here.
    let prompt: String?
    /// What became of the last thing typed.
    let remark: String?

    private typealias Line = (text: String, style: Terminal.Style?)
    private static let notesShown = 5

    /// What stands in the terminal.
    struct Drawing: Equatable {
        var lines = 0
        /// Below the lines, with the cursor behind it.
        var prompt: String?
    }

    /// Draws over what was drawn before, and returns what stands there now.
    func draw(over former: Drawing) -> Drawing {
        let size = Terminal.size
        var lines = fitted(rows: size.rows - 2).map { line in
            let text =
                line.text.count > size.columns
                ? line.text.prefix(size.columns - 1) + "…" : line.text
            return (line.style.map { Terminal.styled(text, $0) } ?? text) + "\u{1B}[K\n"
        }
        let isTyping = prompt != nil && prompt == former.prompt && lines.count <= former.lines
        if isTyping {
            lines += Array(repeating: "\u{1B}[K\n", count: former.lines - lines.count)
        } else if prompt != nil {
            Terminal.forgetTyped()
        }
        let up = "\r" + (former.lines > 0 ? "\u{1B}[\(former.lines)A" : "")
        let picture =
            isTyping
            ? "\u{1B}7" + up + lines.joined() + "\u{1B}8"
            : up + lines.joined() + "\u{1B}[J" + (prompt ?? "")
        // Between the two marks a terminal that knows them shows nothing half drawn.
        FileHandle.standardOutput.write(
            Data(("\u{1B}[?2026h" + picture + "\u{1B}[?2026l").utf8))
        return Drawing(lines: lines.count, prompt: prompt)
    }

    private func fitted(rows: Int) -> [Line] {
        let bottom =
            notes.suffix(Self.notesShown).map { note -> Line in
                ("  \(note.level.rawValue): \(note.text)", .dim)
            } + [run.waitForPlace].compactMap { $0 }.map { ($0, .yellow) }
            + questions.flatMap(\.lines).map { ($0, .yellow) }
            + (prompt == nil ? [] : [("    or type the answer here, or --refuse WHY", .yellow)])
            + folded(remark ?? "").map { ($0, .red) }
        let room = max(1, rows - bottom.count)
        let whole = [heading] + stages.flatMap(unfolded)
        if whole.count <= room { return whole + bottom }
        let folded = [heading] + stages.flatMap { isUnderWay($0) ? unfolded($0) : [fold($0)] }
        if folded.count <= room { return folded + bottom }
        return [heading] + folded.dropFirst().suffix(room - 1) + bottom
    }

    /// A sentence on as many lines as it needs.
    private func folded(_ text: String) -> [String] {
        let width = max(20, Terminal.size.columns - 2)
        return text.split(separator: " ").reduce(into: []) { lines, word in
            if let last = lines.last, last.count + word.count < width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(lines.isEmpty ? String(word) : "  \(word)")
            }
        }
    }

    private var heading: Line {
        let tasks = stages.flatMap(\.tasks)
        let ended = tasks.count { $0.endedAt != nil }
        let act = run.planWord.map { " · \($0)" } ?? ""
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
