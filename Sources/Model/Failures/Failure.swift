// The one error type of the house. The same failure is what Lua catches (`err.code`), HTTP returns,
// the command explains, the journal keeps and the report groups by. Secrets never enter `context`.

/// What went wrong, on which thing, and what can be done about it.
///
/// Two failures are equal in kind when their codes are equal: match on `failure.code`.
package struct Failure: Error, Sendable, Equatable {
    package var code: Code
    /// One sentence that names the thing and says what can be done.
    package var message: String
    /// The facts behind the message, for programs: `["vm": "sql01", "switch": "tenant"]`.
    package var context: [String: String]
    /// Where in the author's text, when a runbook is to blame or was the one who asked.
    package var position: SourcePosition?
    /// The Lua traceback, innermost frame first, when a runbook raised.
    package var traceback: String?
    private var causes: [Failure]

    package var cause: Failure? { causes.first }

    package init(
        _ code: Code, _ message: String, context: [String: String] = [:],
        at position: SourcePosition? = nil, traceback: String? = nil, cause: Failure? = nil
    ) {
        self.code = code
        self.message = message
        self.context = context
        self.position = position
        self.traceback = traceback
        self.causes = cause.map { [$0] } ?? []
    }

    /// Any error as a failure: a failure stays itself, all else becomes `fallback` with its text.
    package init(_ error: any Error, as fallback: Code) {
        if let failure = error as? Failure {
            self = failure
        } else {
            self.init(fallback, "\(error)")
        }
    }
}

/// A line of an author's file; `file` is the name the author knows (`runbooks/web-shop.lua`).
package struct SourcePosition: Sendable, Hashable, Codable, CustomStringConvertible {
    package var file: String
    /// Counted from 1.
    package var line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    package var description: String { "\(file):\(line)" }
}

extension Failure: CustomStringConvertible {
    /// `FILE:LINE: message [code]`, the form every face of the program prints.
    package var description: String {
        let place = position.map { "\($0): " } ?? ""
        // A message that already tells its cause is not made to tell it twice.
        let untold = cause.flatMap { message.contains($0.message) ? nil : $0.message }
        let reason = untold.map { " (because: \($0))" } ?? ""
        return "\(place)\(message)\(reason) [\(code)]"
    }
}

extension Failure {
    /// As a value: what Lua sees in `err`, the journal keeps and JSON prints.
    package var value: Value {
        var fields: [String: Value] = ["code": .text(code.name), "message": .text(message)]
        if !context.isEmpty { fields["context"] = .object(context.mapValues { .text($0) }) }
        if let position { fields["where"] = .text(position.description) }
        if let traceback { fields["traceback"] = .text(traceback) }
        if let cause { fields["cause"] = cause.value }
        return .object(fields)
    }

    /// The failure that ``value`` wrote; nil when `value` is not one.
    package init?(_ value: Value) {
        guard let code = value["code"]?.text, let message = value["message"]?.text else {
            return nil
        }
        self.init(
            Code(named: code), message,
            context: (value["context"]?.object ?? [:]).compactMapValues(\.text),
            at: value["where"]?.text.flatMap(SourcePosition.init(parsing:)),
            traceback: value["traceback"]?.text,
            cause: value["cause"].flatMap { Failure($0) })
    }
}

extension SourcePosition {
    /// Reads `FILE:LINE`; nil when it is not of that form.
    package init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":"), let line = Int(text[text.index(after: colon)...])
        else { return nil }
        self.init(file: String(text[..<colon]), line: line)
    }
}
