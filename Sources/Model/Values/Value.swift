// Plain data as it crosses the Lua border, stands in the journal and travels in answers.

/// A JSON value whose integers and floats are told apart, as Lua tells them.
package enum Value: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case float(Double)
    case text(String)
    case list([Value])
    case object([String: Value])
}

extension Value {
    package var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    package var text: String? { if case .text(let value) = self { value } else { nil } }
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

    /// The number, whether it was written with a point or without.
    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }

    /// The list; an empty table of Lua counts as one, since Lua cannot tell `{}` from `[]`.
    package var list: [Value]? {
        switch self {
        case .list(let values): values
        case .object(let fields) where fields.isEmpty: []
        default: nil
        }
    }

    /// The object; an empty list counts as one, since Lua cannot tell `{}` from `[]`.
    package var object: [String: Value]? {
        switch self {
        case .object(let fields): fields
        case .list(let values) where values.isEmpty: [:]
        default: nil
        }
    }

    /// The field of an object; nil when there is none, when it is null, or when this is no object.
    package subscript(field: String) -> Value? {
        guard case .object(let fields) = self, let value = fields[field], value != .null else {
            return nil
        }
        return value
    }
}

// Not by nil: where an optional value is wanted, `nil` must mean that there is none.
extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(arrayLiteral elements: Value...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, Value)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
