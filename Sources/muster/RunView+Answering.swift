// Answering where the run is watched. What is typed goes the same way as every other answer. A line
// counts for the question that was on the screen when it was read; without a terminal on both sides
// nothing is read, so silence and a pipe never say yes.
import Model
import Orchestration

extension RunView {
    /// Answers with what is typed, until the terminal is closed.
    func answer() async throws {
        guard let person else { return }
        let typed = Terminal.typedLines { [self] line in (line, entered(line)) }
        for await (line, question) in typed {
            let remark = await remark(on: line, question, by: person)
            state.withLock { $0.remark = remark }
            try refresh()
        }
    }

    /// Enter has moved the cursor below the prompt and what was typed behind it.
    private func entered(_ line: String) -> Question? {
        state.withLock { state in
            let typed = (state.drawing.prompt ?? "").count + line.count
            state.drawing.lines += 1 + typed / Terminal.size.columns
            state.drawing.prompt = nil
            return state.asked
        }
    }

    /// Why the line was not taken, or what is still wanted; nil when that is all.
    private func remark(
        on line: String, _ question: Question?, by person: Person
    ) async -> String? {
        let line = line.drop { $0.isWhitespace }
        guard let question, !line.isEmpty else { return nil }
        do {
            let refusal = line.hasPrefix("--refuse") ? line.dropFirst(8) : nil
            let why = refusal?.drop { $0.isWhitespace } ?? ""
            let value =
                refusal == nil ? try question.request.form.answer(from: String(line)) : nil
            let heard = try await lab.orchestrator.answer(
                question.id, value, comment: why.isEmpty ? nil : String(why), by: person,
                channel: "terminal")
            return heard.state == .open ? "heard; others must agree" : nil
        } catch {
            return Failure(error, as: .internalFault).message
        }
    }
}
