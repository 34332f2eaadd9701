// What kind of answer a question takes, and which values are one. Every answer, from whichever face
// of the program, passes here.

package enum QuestionForm: Sendable, Hashable {
    /// One of these texts, exactly.
    case choices([String])
    /// Any text that is not empty.
    case text
    case number
    /// Yes or no.
    case confirm
    /// This name, typed exactly: for what nobody should agree to in passing.
    case name(String)

    /// Returns `answer` when it is of this form; raises `question.answer_invalid` otherwise.
    @discardableResult
    package func checked(_ answer: Value) throws(Failure) -> Value {
        switch (self, answer) {
        case (.choices(let choices), .text(let text)) where choices.contains(text): return answer
        case (.text, .text(let text)) where !text.isEmpty: return answer
        case (.name(let name), .text(let text)) where text == name: return answer
        case (.number, .integer), (.number, .float), (.confirm, .boolean): return answer
        default: throw refusal(of: answer.canonicalJSON, hint: "")
        }
    }

    /// The answer that a person means by typing `text`; raises `question.answer_invalid`.
    package func answer(from text: String) throws(Failure) -> Value {
        switch self {
        case .choices(let choices):
            guard choices.contains(text) else {
                let near = Spelling.nearest(to: text, among: choices)
                throw refusal(
                    of: "'\(text)'", hint: near.map { "; did you mean '\($0)'?" } ?? "")
            }
            return .text(text)
        case .text, .name: return try checked(.text(text))
        case .number:
            if let integer = Int64(text) { return .integer(integer) }
            if let number = Double(text), number.isFinite { return .float(number) }
        case .confirm:
            if ["yes", "y", "true"].contains(text.lowercased()) { return .boolean(true) }
            if ["no", "n", "false"].contains(text.lowercased()) { return .boolean(false) }
        }
        throw refusal(of: "'\(text)'", hint: "")
    }

    /// What the form wants, in words: `one of east, west`.
    package var summary: String {
        switch self {
        case .choices(let choices): "one of \(choices.joined(separator: ", "))"
        case .text: "a text that is not empty"
        case .number: "a number"
        case .confirm: "yes or no"
        case .name(let name): "the name \(name), typed exactly"
        }
    }

    private func refusal(of shown: String, hint: String) -> Failure {
        Failure(
            .answerInvalid, "\(shown) is no answer here: the question wants \(summary)\(hint)")
    }
}

extension QuestionForm {
    /// As a value, for the store, Lua and JSON: `{"kind":"choices","choices":[…]}`.
    package var value: Value {
        switch self {
        case .choices(let choices): ["kind": "choices", "choices": .list(choices.map(Value.text))]
        case .text: ["kind": "text"]
        case .number: ["kind": "number"]
        case .confirm: ["kind": "confirm"]
        case .name(let name): ["kind": "name", "exactly": .text(name)]
        }
    }

    /// The form that ``value`` wrote; nil when `value` is not one.
    package init?(_ value: Value) {
        switch value["kind"]?.text {
        case "choices":
            guard let choices = value["choices"]?.list else { return nil }
            self = .choices(choices.compactMap(\.text))
        case "text": self = .text
        case "number": self = .number
        case "confirm": self = .confirm
        case "name":
            guard let name = value["exactly"]?.text else { return nil }
            self = .name(name)
        default: return nil
        }
    }
}
