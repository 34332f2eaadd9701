// The types of what authors write: arguments of primitives and fields of cards. One description
// serves the check with its nearest right spelling, the editor's files and `muster help`.
import Model

/// A type of value that an author may give.
package indirect enum ValueType: Sendable {
    case any
    case text
    case boolean
    case number
    case integer(Range<Int64>)
    /// `"5m"`, `"1h30m"`.
    case duration
    /// `"64MiB"`.
    case size
    /// `"22:00"`, or a time of ISO 8601 with its zone.
    case time
    case choice([String])
    /// A machine: its name, `"site/name"`, or the table that `fabric.vm` gave.
    case vm
    /// A host: its name, `"site/name"`, or a table that `fabric.hosts` gave.
    case host
    /// What an asset hides, by its handle; never the value itself.
    case secret
    /// A Lua function, its signature as LuaCATS writes it: `(context: muster.context)`. In a card's
    /// JSON it stands as `{"$function": LINE}`.
    case function(String)
    case list(ValueType)
    /// A table from any name to one type.
    case map(ValueType)
    /// A table with these fields and no others.
    case record([Parameter])
    /// A table that the constructor of that name made: `step { … }`.
    case made(String, [Parameter])
    case either([ValueType])
}

/// A named value that an author gives: an argument, an option, a field of a card.
package struct Parameter: Sendable {
    package let name: String
    package let type: ValueType
    package let isRequired: Bool
    /// One sentence in the present tense.
    package let summary: String

    package init(
        _ name: String, _ type: ValueType, required: Bool = false, _ summary: String
    ) {
        self.name = name
        self.type = type
        self.isRequired = required
        self.summary = summary
    }
}

extension ValueType {
    /// The type in an author's words: `a duration such as "5m"`.
    package var phrase: String {
        switch self {
        case .any: "any value"
        case .text: "a string"
        case .boolean: "true or false"
        case .number: "a number"
        case .integer(let range): range.phrase
        case .duration: "a duration such as \"5m\" or \"1h30m\""
        case .size: "a size such as \"64MiB\""
        case .time: "a time such as \"22:00\" or \"2026-03-01T22:00:00Z\""
        case .choice(let words): "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
        case .vm: "a vm: its name, \"site/name\", or what fabric.vm gives"
        case .host: "a host: its name, \"site/name\", or what fabric.hosts gives"
        case .secret: "a secret: what asset.credential, asset.certificate or a connection gives"
        case .function: "a function"
        case .list(let element): "a list, each \(element.phrase)"
        case .map(let element): "a table from names to values, each \(element.phrase)"
        case .record(let fields):
            (1...6).contains(fields.count)
                ? "a table of " + fields.map(\.name).joined(separator: ", ") : "a table"
        case .made(let constructor, _): "\(constructor) { … }"
        case .either(let types): types.map(\.phrase).joined(separator: ", or ")
        }
    }

    /// The type as LuaCATS writes it in the editor's files.
    package var annotation: String {
        switch self {
        case .any: "any"
        case .text, .duration, .size, .time: "string"
        case .boolean: "boolean"
        case .number: "number"
        case .integer: "integer"
        case .choice(let words): words.map { "\"\($0)\"" }.joined(separator: "|")
        case .vm: "string|muster.vm"
        case .host: "string|muster.standing_host"
        case .secret: "muster.secret"
        case .function(let signature): "fun\(signature)"
        case .list(let element):
            element.isUnion ? "(\(element.annotation))[]" : "\(element.annotation)[]"
        case .map(let element): "table<string, \(element.annotation)>"
        case .record(let fields) where fields.isEmpty: "table"
        case .record(let fields):
            "{ "
                + fields.map { "\($0.name)\($0.isRequired ? "" : "?"): \($0.type.annotation)" }
                .joined(separator: ", ") + " }"
        case .made(let constructor, _): "muster.\(constructor)"
        case .either(let types): types.map(\.annotation).joined(separator: "|")
        }
    }

    /// The type or nil.
    package var optionalAnnotation: String { isUnion ? "(\(annotation))?" : "\(annotation)?" }

    /// Whether a secret may stand somewhere in a value of this type.
    var holdsSecret: Bool {
        switch self {
        case .secret: true
        case .list(let element), .map(let element): element.holdsSecret
        case .record(let fields), .made(_, let fields): fields.contains { $0.type.holdsSecret }
        case .either(let types): types.contains(where: \.holdsSecret)
        default: false
        }
    }

    private var isUnion: Bool {
        switch self {
        case .choice, .vm, .host, .either: true
        default: false
        }
    }
}

extension Range<Int64> {
    fileprivate var phrase: String {
        if self == Int64.min..<Int64.max { return "a whole number" }
        if upperBound == .max { return "a whole number from \(lowerBound) on" }
        return "a whole number from \(lowerBound) to \(upperBound - 1)"
    }
}
