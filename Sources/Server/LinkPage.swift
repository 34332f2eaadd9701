// The pages behind a one-time link: plain forms without scripts, in which everything that somebody
// wrote is escaped.
import Model
import Orchestration

enum LinkPage {
    /// Nothing is run, loaded or framed; the form goes to where it came from.
    static let policy =
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    static func form(_ question: Question, _ person: Person, run: RunRecord) -> String {
        let request = question.request
        let deadline = request.deadline.map {
            "until \($0); then its default, \(request.defaultAction.rawValue), is taken"
        }
        let facts = [
            "Asked by run \(run.id), \(run.name), which \(run.startedBy) started.",
            "Asked at \(question.askedAt), \(deadline ?? "without a deadline").",
            "For \(question.whoMay). You answer as \(person.name), once.",
        ]
        let instructions = request.instructions.map { "<pre>\(escaped($0))</pre>" } ?? ""
        return page(
            request.title,
            instructions + facts.map { "<p>\(escaped($0))</p>" }.joined() + """
                <form method="post" accept-charset="utf-8">
                <fieldset><legend>\(escaped(request.form.summary))</legend>
                \(fields(request.form))</fieldset>
                <p><label>Comment <input name="comment" maxlength="1000"></label></p>
                <p><button name="say" value="answer">Answer</button>
                <button name="say" value="refuse" formnovalidate>Refuse: the run ends</button></p>
                </form>
                """)
    }

    static func thanks(_ question: Question, _ person: Person) -> String {
        let state =
            question.state == .open
            ? "It waits for others: \(question.standing)." : "It is \(question.state.rawValue)."
        return page(
            question.request.title,
            "<p>\(escaped("\(person.name) was heard. \(state)"))</p>")
    }

    static func refusal(_ failure: Failure) -> String {
        page("Not taken", "<p>\(escaped(failure.message))</p>")
    }

    private static func fields(_ form: QuestionForm) -> String {
        func choice(_ value: String) -> String {
            "<p><label><input type=\"radio\" name=\"answer\" value=\"\(escaped(value))\" required> "
                + "\(escaped(value))</label></p>"
        }
        switch form {
        case .choices(let choices): return choices.map(choice).joined()
        case .confirm: return ["yes", "no"].map(choice).joined()
        case .text, .name, .number:
            return "<input name=\"answer\" autocomplete=\"off\" required>"
        }
    }

    private static func page(_ title: String, _ body: String) -> String {
        """
        <!doctype html><html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width"><title>\(escaped(title))</title></head>
        <body><h1>\(escaped(title))</h1>\(body)</body></html>
        """
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.append(character)
            }
        }
    }
}
