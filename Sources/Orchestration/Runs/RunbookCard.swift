// A runbook's card: what it is for and which parameters it takes. Without a card a runbook does not
// load.
import Model

package struct RunbookCard: Sendable {
    package struct Declared: Sendable {
        package let name: String
        package let type: String
        package let summary: String
        package let fallback: Value?
    }

    package let summary: String
    package let parameters: [Declared]
    package let limits: RunLimits
    package let priority: RunPriority
    /// Assets it needs: looked for at import and before a run begins.
    package let assets: [String]
    /// Where the card stands in the author's text.
    package let position: SourcePosition?

    package static let types = [
        "string", "boolean", "number", "integer", "duration", "size", "time", "vm", "site",
    ]

    private static let parameter: [Parameter] = [
        Parameter("type", .choice(types), required: true, "The type."),
        Parameter("summary", .text, required: true, "What it is."),
        Parameter("default", .any, "Its value when it is not given."),
    ]

    package static let limitFields: [Parameter] = [
        Parameter("memory", .size, "Memory of a Lua state; \"32MiB\", the most."),
        Parameter(
            "instructions", .integer(1..<Int64(Limits.runInstructionsMax) + 1),
            "Lua instructions, replay included."),
        Parameter("time", .duration, "How long a run may take, waiting included."),
        Parameter("at_once", .integer(1..<1001), "How many may run at once; others wait."),
    ]

    package static let fields: [Parameter] = [
        Parameter("summary", .text, required: true, "What the runbook does, in one line."),
        Parameter("parameters", .map(.record(parameter)), "What it is told when it is started."),
        Parameter("assets", .list(.text), "Assets it needs; looked for before a run begins."),
        Parameter("limits", .record(limitFields), "What it may use of the house."),
        Parameter(
            "priority", .choice(RunPriority.allCases.map(\.rawValue)),
            "How it stands in the queue; \"normal\"."),
        Parameter(
            "run", .function("(arguments: table<string, any>): any"), required: true,
            "The work: function(arguments) … end."),
    ]

    /// Raises `plan.card_invalid` with file and line, the field and the nearest spelling.
    package init(card: Value, file: String) throws(Failure) {
        let subject = CheckSubject(
            "runbook", code: .cardInvalid, at: SourcePosition(file: file, line: 1))
        guard card["$kind"]?.text == "runbook" else {
            throw subject.failure(
                "card is missing: the file must return runbook { … } or plan { … }")
        }
        try ValueType.record(Self.fields).check(card, subject)
        let noted = subject.within(card.object ?? [:])
        summary = card["summary"]?.text ?? ""
        parameters = (card["parameters"]?.object ?? [:]).sorted { $0.key < $1.key }.map {
            name, card in
            Declared(
                name: name, type: card["type"]?.text ?? "", summary: card["summary"]?.text ?? "",
                fallback: card["default"])
        }
        priority = card["priority"]?.text.flatMap(RunPriority.init) ?? .normal
        assets = (card["assets"]?.list ?? []).compactMap(\.text)
        position = noted.position
        limits = try RunLimits(card: card["limits"] ?? [:], noted)
        for declared in parameters { try declared.checkFallback(noted) }
    }

    /// The arguments of a run: what was given, checked, and the defaults of the rest.
    ///
    /// Raises `run.parameter_invalid` naming the parameter, with the nearest spelling.
    package func arguments(from given: [String: Value]) throws(Failure) -> Value {
        for name in given.keys.sorted() where !parameters.contains(where: { $0.name == name }) {
            let hint = Spelling.hint(for: name, among: parameters.map(\.name))
            throw Failure(.parameterInvalid, "the runbook has no parameter '\(name)'\(hint)")
        }
        var arguments: [String: Value] = [:]
        for declared in parameters {
            if let value = given[declared.name] {
                arguments[declared.name] = try declared.checked(value)
            } else if let fallback = declared.fallback {
                arguments[declared.name] = fallback
            } else {
                throw Failure(
                    .parameterInvalid,
                    "the parameter '\(declared.name)' is missing: \(declared.summary)")
            }
        }
        return .object(arguments)
    }
}

extension RunbookCard.Declared {
    private var valueType: ValueType {
        switch type {
        case "boolean": .boolean
        case "number": .number
        case "integer": .integer(Int64.min..<Int64.max)
        case "duration": .duration
        case "size": .size
        case "time": .time
        case "vm": .vm
        default: .text
        }
    }

    /// A default is written in Lua, so it must be of the type already.
    fileprivate func checkFallback(_ runbook: CheckSubject) throws(Failure) {
        guard let fallback else { return }
        try valueType.check(
            fallback, runbook.field("parameters").field(name).field("default"))
    }

    /// A value from the command line is text; it is read as the type the card declares.
    fileprivate func checked(_ value: Value) throws(Failure) -> Value {
        let typed = read(value)
        try valueType.check(
            typed, CheckSubject("parameter '\(name)'", code: .parameterInvalid))
        return typed
    }

    private func read(_ value: Value) -> Value {
        guard let text = value.text else { return value }
        switch type {
        case "boolean": return ["true": true, "false": false][text].map(Value.boolean) ?? value
        case "integer": return Int64(text).map(Value.integer) ?? value
        case "number":
            return Int64(text).map(Value.integer)
                ?? Double(text).flatMap { $0.isFinite ? .float($0) : nil } ?? value
        default: return value
        }
    }
}

extension RunLimits {
    fileprivate init(card: Value, _ runbook: CheckSubject) throws(Failure) {
        self.init(
            memory: try card["memory"]?.text.map { text throws(Failure) in
                try ByteCount(text: text)
            },
            instructions: card["instructions"]?.number.map { Int($0) },
            time: try card["time"]?.text.map { text throws(Failure) in try Duration(text: text) },
            atOnce: card["at_once"]?.number.map { Int($0) })
        let most = ByteCount(Limits.stateBytesMax)
        let least = ByteCount(Limits.stateBytesMin)
        if let memory, memory < least || memory > most {
            throw runbook.field("limits").field("memory")
                .failure("must be from \(least) to \(most), but is \(memory)")
        }
    }
}
