// Holds an author's value against its type. The first offence is named with its path, the nearest
// right spelling where a name is wrong, and the line where the author wrote the table it stands in.
import Model

/// What is being checked, for the message: `replication.protect: option 'interval'`.
package struct CheckSubject: Sendable {
    package var path: String
    package var code: Failure.Code
    package var position: SourcePosition?

    package init(_ path: String, code: Failure.Code, at position: SourcePosition? = nil) {
        self.path = path
        self.code = code
        self.position = position
    }

    package func field(_ name: String) -> CheckSubject {
        CheckSubject("\(path).\(name)", code: code, at: position)
    }

    func element(_ index: Int) -> CheckSubject {
        CheckSubject("\(path)[\(index + 1)]", code: code, at: position)
    }

    /// The subject at the line where the author made `table`, when its constructor noted one.
    func within(_ table: [String: Value]) -> CheckSubject {
        var inner = self
        if let noted = table["$where"]?.text.flatMap(SourcePosition.init(parsing:)) {
            inner.position = noted
        }
        return inner
    }

    package func failure(_ text: String) -> Failure {
        Failure(code, "\(path) \(text)", at: position)
    }
}

extension ValueType {
    /// Raises the subject's code when `value` is not of this type.
    package func check(_ value: Value, _ subject: CheckSubject) throws(Failure) {
        switch self {
        case .any: return
        case .list(let element): try checkList(value, of: element, subject)
        case .map(let element): try checkMap(value, of: element, subject)
        case .record(let fields): try checkRecord(value, fields, subject)
        case .made(let constructor, let fields):
            guard value["$kind"]?.text == constructor else { throw mismatch(value, subject) }
            try checkRecord(value, fields, subject)
        case .either(let types): try checkEither(value, types, subject)
        default:
            guard accepts(value) else { throw mismatch(value, subject) }
        }
    }

    /// Whether a value without parts is of this type.
    private func accepts(_ value: Value) -> Bool {
        switch self {
        case .text: value.text != nil
        case .boolean: value.boolean != nil
        case .number: value.number != nil
        case .integer(let range): value.integer.map(range.contains) ?? false
        case .duration: value.text.map { (try? Duration(text: $0)) != nil } ?? false
        case .size: value.text.map { (try? ByteCount(text: $0)) != nil } ?? false
        case .time: value.text?.isTime ?? false
        case .choice(let words): value.text.map(words.contains) ?? false
        case .vm, .host:
            value.text != nil || (value["name"]?.text != nil && value["site"]?.text != nil)
        case .secret: value["$asset"]?.text != nil
        case .function: value["$function"] != nil
        case .any, .list, .map, .record, .made, .either: false
        }
    }

    private func mismatch(_ value: Value, _ subject: CheckSubject) -> Failure {
        let near = value.text.flatMap { Spelling.nearest(to: $0, among: words) }
        let hint = near.map { "; did you mean \"\($0)\"?" } ?? ""
        return subject.failure("must be \(phrase), but is \(value.phrase)\(hint)")
    }

    /// The words that may stand here, if only words may, or words among other things.
    private var words: [String] {
        switch self {
        case .choice(let words): words
        case .either(let types): types.flatMap(\.words)
        default: []
        }
    }

    private func checkList(
        _ value: Value, of element: ValueType, _ subject: CheckSubject
    ) throws(Failure) {
        guard let values = value.list else { throw mismatch(value, subject) }
        for (index, item) in values.enumerated() {
            try element.check(item, subject.element(index))
        }
    }

    private func checkMap(
        _ value: Value, of element: ValueType, _ subject: CheckSubject
    ) throws(Failure) {
        guard let fields = value.object else { throw mismatch(value, subject) }
        for (name, item) in fields.sorted(by: { $0.key < $1.key }) where !name.hasPrefix("$") {
            try element.check(item, subject.field(name))
        }
    }

    private func checkRecord(
        _ value: Value, _ fields: [Parameter], _ subject: CheckSubject
    ) throws(Failure) {
        guard let given = value.object else { throw mismatch(value, subject) }
        let subject = subject.within(given)
        for name in given.keys.sorted() where !name.hasPrefix("$") {
            guard fields.contains(where: { $0.name == name }) else {
                let hint = Spelling.hint(for: name, among: fields.map(\.name))
                throw subject.failure("has no field '\(name)'\(hint)")
            }
        }
        for field in fields {
            if let item = value[field.name] {
                try field.type.check(item, subject.field(field.name))
            } else if field.isRequired {
                throw subject.failure("needs the field '\(field.name)': \(field.summary)")
            }
        }
    }

    private func checkEither(
        _ value: Value, _ types: [ValueType], _ subject: CheckSubject
    ) throws(Failure) {
        var nearest: Failure?
        for type in types {
            do throws(Failure) {
                return try type.check(value, subject)
            } catch {
                // A table of the right make with a fault inside is named by that fault.
                if type.isMade(like: value) { nearest = error }
            }
        }
        throw nearest ?? mismatch(value, subject)
    }

    private func isMade(like value: Value) -> Bool {
        switch self {
        case .made(let constructor, _): value["$kind"]?.text == constructor
        case .record: value["$kind"] == nil && !(value.object ?? [:]).isEmpty
        case .list: value.list?.isEmpty == false
        default: false
        }
    }
}

extension String {
    /// `22:00`, or `2026-03-01T22:00:00Z` with a fraction or another zone if there is one.
    fileprivate var isTime: Bool {
        let clock = /([01][0-9]|2[0-3]):[0-5][0-9]/
        let day = /[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])/
        let seconds = /(:[0-5][0-9](\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})/
        if wholeMatch(of: clock) != nil { return true }
        let parts = split(separator: "T", maxSplits: 1)
        return parts.count == 2 && parts[0].wholeMatch(of: day) != nil
            && parts[1].prefix(5).wholeMatch(of: clock) != nil
            && parts[1].dropFirst(5).wholeMatch(of: seconds) != nil
    }
}

extension Value {
    /// What the value is, in an author's words.
    var phrase: String {
        switch self {
        case .null: "nil"
        case .boolean(let flag): "\(flag)"
        case .integer(let number): "the number \(number)"
        case .float(let number): "the number \(number)"
        case .text(let text): "the string \"\(text.prefix(60))\""
        case .list: "a list"
        case .object(let fields):
            fields["$asset"] != nil
                ? "a secret"
                : fields["$function"] != nil
                    ? "a function" : fields["$kind"]?.text.map { "\($0) { … }" } ?? "a table"
        }
    }
}
