// The pages behind a one-time link: plain forms without scripts, in which everything that somebody
// wrote is escaped.
import Model
import Orchestration

enum LinkPage {
    /// Nothing is run, loaded or framed; the form goes to where it came from.
    static let policy =
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    static func form(_ question: Question, _ person: Person, run: RunRecord) -> HTML {
        let request = question.request
        let deadline = request.deadline.map {
            "until \($0); then its default, \(request.defaultAction.rawValue), is taken"
        }
        let facts: [HTML] = [
            "Asked by run \(run.id), \(run.name), which \(run.startedBy) started.",
            "Asked at \(question.askedAt), \(deadline ?? "without a deadline").",
            "For \(question.whoMay). You answer as \(person.name), once.",
        ]
        let instructions = request.instructions.map { "<pre>\($0)</pre>" as HTML } ?? ""
        return page(
            request.title,
            """
            \(instructions)\(facts.map { "<p>\($0)</p>" as HTML })
            <form method="post" accept-charset="utf-8">
            <fieldset><legend>\(request.form.summary)</legend>
            \(fields(request.form))</fieldset>
            <p><label>Comment <input name="comment" maxlength="1000"></label></p>
            <p><button name="say" value="answer">Answer</button>
            <button name="say" value="refuse" formnovalidate>Refuse: the run ends</button></p>
            </form>
            """)
    }

    static func thanks(_ question: Question, _ person: Person) -> HTML {
        let state =
            question.state == .open
            ? "It waits for others: \(question.standing)." : "It is \(question.state.rawValue)."
        return page(
            question.request.title,
            "<p>\(person.name) was heard. \(state)</p>")
    }

    static func refusal(_ failure: Failure) -> HTML {
        page("Not taken", "<p>\(failure.message)</p>")
    }

    private static func fields(_ form: QuestionForm) -> HTML {
        func choice(_ value: String) -> HTML {
            """
            <p><label><input type="radio" name="answer" value="\(value)" required> \
            \(value)</label></p>
            """
        }
        switch form {
        case .choices(let choices): return "\(choices.map(choice))"
        case .confirm: return "\(["yes", "no"].map(choice))"
        case .text, .name, .number:
            return "<input name=\"answer\" autocomplete=\"off\" required>"
        }
    }

    private static func page(_ title: String, _ body: HTML) -> HTML {
        """
        <!doctype html><html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width"><title>\(title)</title></head>
        <body><h1>\(title)</h1>\(body)</body></html>
        """
    }
}
