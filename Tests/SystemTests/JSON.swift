// What a command prints with `--json`, for reading in tests: a step that is not there reads as
// null, so a test says what it expects and the failure shows what came.

enum JSON: Decodable, Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    subscript(_ key: String) -> JSON {
        guard case .object(let fields) = self else { return .null }
        return fields[key] ?? .null
    }

    subscript(_ index: Int) -> JSON {
        guard case .list(let items) = self, items.indices.contains(index) else { return .null }
        return items[index]
    }

    /// The value without the fields of these names, at any depth.
    func without(_ names: Set<String>) -> JSON {
        switch self {
        case .null, .bool, .number, .text: self
        case .list(let items): .list(items.map { $0.without(names) })
        case .object(let fields):
            .object(
                fields.filter { !names.contains($0.key) }.mapValues { $0.without(names) })
        }
    }

    var integer: Int? {
        guard case .number(let number) = self else { return nil }
        return Int(exactly: number)
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var list: [JSON] {
        guard case .list(let items) = self else { return [] }
        return items
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(Double(value)) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
}
